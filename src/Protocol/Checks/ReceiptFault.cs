namespace ProofMesh.Protocol;

/// <summary>The first thing that is wrong with a receipt, in the order in which it is asked. Settlement says the first two blocks alone.</summary>
public enum ReceiptFault
{
    None,

    // By who signed it, by its own arithmetic, and by its place in its statement
    BadSignature,
    /// <summary>Not signed by the node that served, or that node isn't the provider's.</summary>
    WrongNode,
    WrongProvider,
    CachedAbovePrompt,
    UnknownStatus,
    WrongFee,
    OutOfRange,
    WrongDepth,
    RootMismatch,
    /// <summary>The chain doesn't hold the statement, or nobody could have settled it.</summary>
    StatementUnknown,

    // What no honest node signs, though it costs nobody money
    ZeroRequestId,
    ZeroPayer,
    /// <summary>Never of a settled receipt, as <see cref="ZeroSequence"/>.</summary>
    ZeroProvider,
    ZeroSequence,
    CumulativeBelowFee,
    FirstTokenAfterEnd,

    // By what the customer saw
    WrongRequestId,
    WrongPayer,
    WrongModel,
    WrongRequest,
    WrongCompletionTokens,
    WrongResponse,
    WrongSampling,
    WrongPromptTokens,
    WrongPrice,
    WrongCumulative,
    WrongTime,
}
