namespace ProofMesh.Inference;

/// <summary>The processor backend: our own kernels, nothing installed.</summary>
/// <remarks>
/// Guaranteed: on one kind of processor a token's logits depend on the tokens before it alone, to the last bit: not on
/// the number of threads, on what else is in the batch, or on how the prompt was cut into steps. Processors that fuse
/// multiply and add agree with each other whatever the width of their vectors.
/// </remarks>
internal sealed class CpuRunner : ModelRunner
{
    private readonly CpuModel _model;
    private readonly CpuCache _cache;
    private readonly CpuForward _forward;

    /// <param name="kept">The file that keeps the packed weights for the next load; null: none.</param>
    /// <param name="progress">Told the share of packed weights, 0 to 1.</param>
    public CpuRunner(ModelConfig config, ModelWeights weights, WeightFormat format, int context, int threads, int cacheTokens = 0, string? kept = null, Action<double>? progress = null)
        : base(config, context, CpuCache.BytesPerToken(config, format), cacheTokens)
    {
        Scheme = SchemeOf(format);
        _model = new CpuModel(config, weights, format, kept, progress);
        try
        {
            _cache = new CpuCache(config, Pool.Count, format);
            _forward = new CpuForward(_model, _cache, new RotaryTable(config, context), threads);
        }
        catch
        {
            _cache?.Dispose();
            _model.Dispose();
            throw;
        }
    }

    public override string Scheme { get; }

    public static string SchemeOf(WeightFormat format) => format switch
    {
        WeightFormat.Float32 => "cpu-f32",
        WeightFormat.BFloat16 => "cpu-bf16",
        WeightFormat.Int8 => "cpu-q8",
        WeightFormat.Int4 => "cpu-q4",
        _ => throw new ArgumentException($"The Cpu backend has no format {format}.", nameof(format)),
    };

    protected override void Run(ReadOnlySpan<SequenceStep> batch, Span<float> logits) => _forward.Run(batch, logits);

    protected override void Dispose(bool disposing)
    {
        _forward.Dispose();
        _cache.Dispose();
        _model.Dispose();
    }
}
