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

    public CpuRunner(ModelConfig config, ModelWeights weights, WeightFormat format, int context, int threads, int cacheTokens = 0)
        : base(config, context, CpuCache.BytesPerToken(config), cacheTokens)
    {
        if (format is not (WeightFormat.Float32 or WeightFormat.Int8))
            throw new ArgumentException($"The Cpu backend computes in float32 or int8, not {format}.", nameof(format));
        _model = new CpuModel(config, weights, format);
        _cache = new CpuCache(config, Pool.Count);
        _forward = new CpuForward(_model, _cache, new RotaryTable(config, context), threads);
    }

    public override string Scheme => _model.Quantised ? "cpu-q8" : "cpu-f32";

    protected override void Run(ReadOnlySpan<SequenceStep> batch, Span<float> logits) => _forward.Run(batch, logits);

    protected override void Dispose(bool disposing)
    {
        _forward.Dispose();
        _cache.Dispose();
        _model.Dispose();
    }
}
