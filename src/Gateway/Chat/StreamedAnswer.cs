using System.Buffers;
using Microsoft.AspNetCore.Http.Features;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>Server-sent events: a chunk for each part, the receipt in the last one, then <c>[DONE]</c>.</summary>
sealed class StreamedAnswer(HttpResponse response, bool usage, TimeSpan slowReader) : Answer
{
    public override ValueTask TextAsync(AnswerHead head, string text, TokenLikelihood[]? logprobs, CancellationToken stop)
    {
        if (!Begun) Begin(head);
        if (text.Length > 0 || logprobs is not null) AnswerJson.Text(response.BodyWriter, head, text, logprobs, usage);
        return ValueTask.CompletedTask;
    }

    public override ValueTask CallsAsync(AnswerHead head, CallPart[] calls, CancellationToken stop)
    {
        if (!Begun) Begin(head, calling: true);
        AnswerJson.Calls(response.BodyWriter, head, calls, usage);
        return ValueTask.CompletedTask;
    }

    public override async ValueTask FlushAsync(CancellationToken stop)
    {
        var flushing = response.BodyWriter.FlushAsync(stop);
        try
        {
            var flushed = flushing.IsCompletedSuccessfully ? flushing.Result : await flushing.AsTask().WaitAsync(slowReader, stop);
            // A customer that went away completes the pipe without an exception.
            if (flushed.IsCompleted) throw new OperationCanceledException("The customer left.");
        }
        catch (TimeoutException fault)
        {
            response.HttpContext.Abort();
            throw new OperationCanceledException("The customer doesn't read.", fault);
        }
    }

    public override ValueTask EndAsync(AnswerHead head, AnswerEnd end, CancellationToken stop)
    {
        if (!Begun) Begin(head);
        AnswerJson.Finish(response.BodyWriter, head, end, usage);
        if (usage) AnswerJson.Usage(response.BodyWriter, head, end);
        response.BodyWriter.Write("data: [DONE]\n\n"u8);
        return FlushAsync(stop);
    }

    public override async ValueTask FailAsync(ApiError error, CancellationToken stop)
    {
        if (!Begun)
        {
            await Errors.WriteAsync(response, error, stop);
            return;
        }
        AnswerJson.Error(response.BodyWriter, error);
        await FlushAsync(stop);
    }

    void Begin(AnswerHead head, bool calling = false)
    {
        Begun = true;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-cache";
        response.Headers["X-Accel-Buffering"] = "no";
        Proof.Headers(response, head);
        response.HttpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        AnswerJson.Role(response.BodyWriter, head, calling, usage);
    }
}
