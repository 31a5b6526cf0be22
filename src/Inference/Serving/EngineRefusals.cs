namespace ProofMesh.Inference;

/// <summary>Prompt and answer would not fit the context; nothing was computed.</summary>
public sealed class ContextOverflowException(int promptTokens, int maxTokens, int context)
    : Exception($"{promptTokens} prompt tokens and up to {maxTokens} answer tokens exceed the context of {context} tokens.")
{
    public int PromptTokens { get; } = promptTokens;

    public int MaxTokens { get; } = maxTokens;

    public int Context { get; } = context;
}

/// <summary>The queue is full; nothing was computed.</summary>
public sealed class EngineBusyException(int queued) : Exception($"{queued} requests wait already; try again later or elsewhere.")
{
    public int Queued { get; } = queued;
}
