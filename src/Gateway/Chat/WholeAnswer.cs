using System.Text;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>One JSON body, once everything is known.</summary>
sealed class WholeAnswer(HttpResponse response) : Answer
{
    readonly StringBuilder text = new();
    readonly List<(string Name, StringBuilder Arguments)> called = [];
    List<TokenLikelihood>? likelihoods;

    public override ValueTask TextAsync(AnswerHead head, string part, TokenLikelihood[]? logprobs, CancellationToken stop)
    {
        // Nothing was sent, but something may have been paid: it would be paid twice on another node.
        Begun = true;
        text.Append(part);
        if (logprobs is not null) (likelihoods ??= []).AddRange(logprobs);
        return ValueTask.CompletedTask;
    }

    public override ValueTask CallsAsync(AnswerHead head, CallPart[] calls, CancellationToken stop)
    {
        Begun = true;
        foreach (var part in calls)
        {
            if (part.Name is { } name) called.Add((name, new()));
            called[part.Index].Arguments.Append(part.Arguments);
        }
        return ValueTask.CompletedTask;
    }

    public override ValueTask FlushAsync(CancellationToken stop) => ValueTask.CompletedTask;

    public override async ValueTask EndAsync(AnswerHead head, AnswerEnd end, CancellationToken stop)
    {
        response.ContentType = "application/json; charset=utf-8";
        Proof.Headers(response, head);
        var calls = called.Select((call, i) => new ChatCall(ChatCall.IdOf(head.Request, i), call.Name, call.Arguments.ToString())).ToArray();
        AnswerJson.Whole(response.BodyWriter, head, end, text.ToString(), calls, likelihoods);
        await response.BodyWriter.FlushAsync(stop);
    }

    public override ValueTask FailAsync(ApiError error, CancellationToken stop) => Errors.WriteAsync(response, error, stop);
}
