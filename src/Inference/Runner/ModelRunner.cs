namespace ProofMesh.Inference;

/// <summary>A loaded model on one backend: tokens in, logits out. Used by one thread at a time.</summary>
public abstract class ModelRunner(ModelConfig config, int context) : IDisposable
{
    public ModelConfig Config { get; } = config;

    /// <summary>The longest sequence that may be opened.</summary>
    public int Context { get; } = context;

    /// <summary>The numeric scheme as a manifest states it, such as <c>cpu-f32</c>: same scheme, same weights, same tokens.</summary>
    public abstract string Scheme { get; }

    /// <summary>Bytes of key and value cache per token of capacity.</summary>
    public abstract long CacheBytesPerToken { get; }

    public Sequence Open(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, Context);
        return OpenSequence(capacity);
    }

    /// <summary>Appends every step's tokens to its sequence and computes the logits that are wanted.</summary>
    /// <param name="batch">Any mixture of prompts and single tokens, each sequence at most once.</param>
    /// <param name="logits">[rows, vocabulary]: the rows of the first step, then of the second, and so on.</param>
    /// <exception cref="ArgumentException">A token id, a length or the size of logits doesn't fit; nothing was computed.</exception>
    public void Forward(ReadOnlySpan<SequenceStep> batch, Span<float> logits)
    {
        var rows = 0;
        foreach (var step in batch)
        {
            CheckStep(step);
            rows += step.LogitRows;
        }
        if ((long)rows * Config.Vocabulary > logits.Length)
            throw new ArgumentException($"{rows} rows of {Config.Vocabulary} logits don't fit {logits.Length}.", nameof(logits));
        CheckDistinct(batch);
        if (batch.Length == 0)
            return;
        Run(batch, logits[..(rows * Config.Vocabulary)]);
        foreach (var step in batch)
            step.Sequence.Length += step.Tokens.Length;
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected abstract Sequence OpenSequence(int capacity);

    /// <summary>As <see cref="Forward"/>, all arguments checked; the caller advances the lengths.</summary>
    protected abstract void Run(ReadOnlySpan<SequenceStep> batch, Span<float> logits);

    protected abstract void Dispose(bool disposing);

    private void CheckStep(in SequenceStep step)
    {
        if (step.Tokens.Length == 0 || step.Tokens.Length > step.Sequence.Capacity - step.Sequence.Length)
            throw new ArgumentException($"{step.Tokens.Length} tokens don't fit a sequence of {step.Sequence.Length} of {step.Sequence.Capacity}.");
        if (step.LogitRows < 0 || step.LogitRows > step.Tokens.Length)
            throw new ArgumentException($"{step.LogitRows} rows of logits were asked of {step.Tokens.Length} tokens.");
        foreach (var token in step.Tokens.Span)
        {
            if ((uint)token >= (uint)Config.Vocabulary)
                throw new ArgumentException($"Token {token} is outside the vocabulary of {Config.Vocabulary}.");
        }
    }

    private static void CheckDistinct(ReadOnlySpan<SequenceStep> batch)
    {
        for (var i = 1; i < batch.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (ReferenceEquals(batch[i].Sequence, batch[j].Sequence))
                    throw new ArgumentException("A sequence appears twice in a batch.");
            }
        }
    }
}
