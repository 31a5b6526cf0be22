namespace ProofMesh.Inference;

/// <summary>A loaded model on one backend: tokens in, logits out. Used by one thread at a time.</summary>
public abstract class ModelRunner : IDisposable
{
    private const long DefaultCacheBytes = 1L << 30;
    private const int DefaultCacheContexts = 16;

    /// <param name="cacheBytesPerToken">Bytes of key and value cache per token.</param>
    /// <param name="cacheTokens">Tokens of cache that all sequences share; 0: what fits 1 GiB, at least one context.</param>
    protected ModelRunner(ModelConfig config, int context, long cacheBytesPerToken, int cacheTokens)
    {
        (Config, Context, CacheBytesPerToken) = (config, context, cacheBytesPerToken);
        Pool = new BlockPool(BlocksOf(context, cacheBytesPerToken, cacheTokens));
    }

    public ModelConfig Config { get; }

    /// <summary>The longest sequence that may be opened.</summary>
    public int Context { get; }

    /// <summary>The numeric scheme as a manifest states it, such as <c>cpu-f32</c>: same scheme, same weights, same tokens.</summary>
    public abstract string Scheme { get; }

    public long CacheBytesPerToken { get; }

    internal BlockPool Pool { get; }

    /// <summary>What the key and value cache takes when all of it is in use.</summary>
    public static long CacheBytes(int context, long cacheBytesPerToken, int cacheTokens) =>
        BlocksOf(context, cacheBytesPerToken, cacheTokens) * BlockPool.Tokens * cacheBytesPerToken;

    /// <param name="capacity">Tokens that the sequence may come to have; room for them is taken as they come.</param>
    /// <param name="scope">Sequences of one scope share the blocks of equal beginnings; none with nobody.</param>
    public Sequence Open(int capacity, ReadOnlySpan<byte> scope = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, Context);
        return new Sequence(Pool, capacity, scope);
    }

    /// <summary>Appends every step's tokens to its sequence and computes the logits that are wanted.</summary>
    /// <param name="batch">Any mixture of prompts and single tokens, each sequence at most once.</param>
    /// <param name="logits">[rows, vocabulary]: the rows of the first step, then of the second, and so on.</param>
    /// <exception cref="ArgumentException">A token id, a length or the size of logits doesn't fit; nothing was computed.</exception>
    /// <exception cref="InvalidOperationException">The cache is full; nothing was computed.</exception>
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
        foreach (var step in batch)
        {
            if (!step.Sequence.TryReserve(step.Tokens.Length))
                throw new InvalidOperationException($"The key-value cache of {Pool.Count * BlockPool.Tokens} tokens is full.");
        }
        Run(batch, logits[..(rows * Config.Vocabulary)]);
        foreach (var step in batch)
            step.Sequence.Append(step.Tokens.Span);
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>As <see cref="Forward"/>, all arguments checked and room made; the caller advances the lengths.</summary>
    protected abstract void Run(ReadOnlySpan<SequenceStep> batch, Span<float> logits);

    protected abstract void Dispose(bool disposing);

    private static int BlocksOf(int context, long cacheBytesPerToken, int cacheTokens)
    {
        var affordable = Math.Min(DefaultCacheBytes / cacheBytesPerToken, (long)DefaultCacheContexts * context);
        return BlockPool.BlocksFor(cacheTokens > 0 ? cacheTokens : (int)Math.Max(affordable, context));
    }

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
