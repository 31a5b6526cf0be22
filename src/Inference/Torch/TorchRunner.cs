namespace ProofMesh.Inference.Torch;

/// <summary>The libtorch backend: float32 or bfloat16, on the processor or a CUDA device.</summary>
/// <remarks>
/// The sums' order depends on the size of a batch, so logits of one token in different batches agree to rounding only,
/// unlike the Cpu backend's. Where that matters, batch-invariant mode computes every token in a step of its own.
/// </remarks>
internal sealed class TorchRunner : ModelRunner
{
    [ThreadStatic] private static int _threadsOfThisThread;

    private readonly TorchModel _model;
    private readonly TorchCache _cache;
    private readonly TorchForward _forward;
    private readonly int _threads;
    private readonly bool _batchInvariant;

    /// <param name="device"><c>cpu</c>, <c>cuda</c> or <c>cuda:1</c>.</param>
    /// <param name="threads">0: one per core.</param>
    /// <exception cref="TorchUnavailableException">libtorch isn't installed, or has no such device.</exception>
    public TorchRunner(ModelConfig config, ModelWeights weights, WeightFormat format, int context, string device, int threads, int cacheTokens = 0, bool batchInvariant = false)
        : base(config, context, TorchCache.BytesPerToken(config, format), cacheTokens)
    {
        Scheme = SchemeOf(format, device);
        var where = torch.device(device);
        TorchLibrary.Require();
        if (where.type == DeviceType.CUDA && Math.Max(where.index, 0) >= torch.cuda.device_count())
            throw new TorchUnavailableException($"There is no device {device}: libtorch sees {torch.cuda.device_count()} CUDA devices.");
        _batchInvariant = batchInvariant;
        _threads = threads == 0 ? Environment.ProcessorCount : threads;
        UseThreads();
        _model = new TorchModel(config, weights, format, where);
        _cache = new TorchCache(config, Pool.Count, _model.Type, where);
        _forward = new TorchForward(config, _model, _cache, new RotaryTable(config, context));
    }

    public override string Scheme { get; }

    /// <exception cref="ArgumentException">The backend has no such format, or the text is no device.</exception>
    public static string SchemeOf(WeightFormat format, string device) => (torch.device(device).type, format) switch
    {
        (DeviceType.CPU, WeightFormat.BFloat16) => "torch-bf16",
        (DeviceType.CPU, WeightFormat.Float32) => "torch-f32",
        (_, WeightFormat.BFloat16) => "torch-cuda-bf16",
        (_, WeightFormat.Float32) => "torch-cuda-f32",
        _ => throw new ArgumentException($"The Torch backend computes in float32 or bfloat16, not {format}.", nameof(format)),
    };

    protected override void Run(ReadOnlySpan<SequenceStep> batch, Span<float> logits)
    {
        UseThreads();
        if (!_batchInvariant)
        {
            _forward.Run(batch, logits, past: 0);
            return;
        }
        foreach (var step in batch)
        {
            for (var i = 0; i < step.Tokens.Length; i++)
            {
                var row = i - step.Tokens.Length + step.LogitRows;
                _forward.Run([new SequenceStep(step.Sequence, step.Tokens.Slice(i, 1), row >= 0 ? 1 : 0)], logits[(Math.Max(row, 0) * Config.Vocabulary)..], past: i);
            }
            logits = logits[(step.LogitRows * Config.Vocabulary)..];
        }
    }

    protected override void Dispose(bool disposing)
    {
        _cache.Dispose();
        _model.Dispose();
    }

    // libtorch keeps the number of threads per calling thread and starts each at 1.
    private void UseThreads()
    {
        if (_threadsOfThisThread == _threads) return;
        torch.set_num_threads(_threads);
        _threadsOfThisThread = _threads;
    }
}
