using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>What every part of an answer repeats.</summary>
/// <param name="Created">Unix seconds.</param>
sealed record AnswerHead(Bytes32 Request, string Model, long Created, Address Node, Address Provider, string Scheme);

/// <summary>How an answer ended, with what the customer needs to check it: the receipt and the openings of its commitments.</summary>
sealed record AnswerEnd(
    string FinishReason, uint PromptTokens, uint CachedTokens, int CompletionTokens,
    TokenAmount Price, string Currency, int Decimals, SignedReceipt Receipt, Bytes32 Salt, Bytes32 ClientNonce, Bytes32 NodeNonce);

/// <summary>Where the text of an answer goes: into a stream as it comes, or into one body at its end.</summary>
abstract class Answer
{
    /// <summary>Once something was sent the request can't move to another node.</summary>
    public bool Begun { get; protected set; }

    public abstract ValueTask TextAsync(AnswerHead head, string text, TokenLikelihood[]? logprobs, CancellationToken stop);

    /// <summary>Takes what a node wrote of calls. Only parts that follow those before come here.</summary>
    public abstract ValueTask CallsAsync(AnswerHead head, CallPart[] calls, CancellationToken stop);

    /// <summary>Sends what was collected. Returns when the customer has taken it.</summary>
    public abstract ValueTask FlushAsync(CancellationToken stop);

    public abstract ValueTask EndAsync(AnswerHead head, AnswerEnd end, CancellationToken stop);

    public abstract ValueTask FailAsync(ApiError error, CancellationToken stop);
}
