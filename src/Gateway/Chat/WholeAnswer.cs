using System.Text;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>One JSON body, once everything is known.</summary>
sealed class WholeAnswer(HttpResponse response) : Answer
{
    readonly StringBuilder text = new();
    List<TokenLikelihood>? likelihoods;

    public override ValueTask TextAsync(AnswerHead head, string part, TokenLikelihood[]? logprobs, CancellationToken stop)
    {
        // Nothing was sent, but something may have been paid: it would be paid twice on another node.
        Begun = true;
        text.Append(part);
        if (logprobs is not null) (likelihoods ??= []).AddRange(logprobs);
        return ValueTask.CompletedTask;
    }

    public override ValueTask FlushAsync(CancellationToken stop) => ValueTask.CompletedTask;

    public override async ValueTask EndAsync(AnswerHead head, AnswerEnd end, CancellationToken stop)
    {
        response.ContentType = "application/json; charset=utf-8";
        Proof.Headers(response, head);
        AnswerJson.Whole(response.BodyWriter, head, end, text.ToString(), likelihoods);
        await response.BodyWriter.FlushAsync(stop);
    }

    public override ValueTask FailAsync(ApiError error, CancellationToken stop) => Errors.WriteAsync(response, error, stop);
}
