namespace ProofMesh.Inference;

/// <summary>The buffers of one step; they grow to the largest batch seen and are used again.</summary>
internal sealed unsafe class CpuWorkspace : IDisposable
{
    private readonly AlignedMemory<float> _residual;
    private readonly AlignedMemory<float> _queryKeyValue;
    private readonly AlignedMemory<float> _gateUp;
    private readonly AlignedMemory<float> _logits;
    private readonly AlignedMemory<float> _angles;
    private readonly AlignedMemory<float> _scratch;

    public CpuWorkspace(CpuModel model, int tokens, int logitRows, int threads)
    {
        var config = model.Config;
        (Tokens, LogitRows) = (tokens, logitRows);
        Normed = new Activations(tokens, config.Hidden, model.Inputs);
        Attended = new Activations(tokens, config.QuerySize, model.Inputs);
        Activated = new Activations(tokens, config.Intermediate, model.Inputs);
        Final = new Activations(logitRows, config.Hidden, model.Inputs);
        ResidualStride = Normed.Stride;
        QueryKeyValueStride = model.Layers[0].QueryKeyValue.Groups * Lanes.Count;
        GateUpStride = model.Layers[0].GateUp.Groups * Lanes.Count;
        LogitStride = model.Head.Groups * Lanes.Count;
        AngleStride = config.HeadSize;
        HeadStride = Lanes.RoundUp(config.HeadSize);
        _residual = new AlignedMemory<float>((long)tokens * ResidualStride);
        _queryKeyValue = new AlignedMemory<float>((long)tokens * QueryKeyValueStride);
        _gateUp = new AlignedMemory<float>((long)tokens * GateUpStride);
        _logits = new AlignedMemory<float>((long)logitRows * LogitStride);
        _angles = new AlignedMemory<float>((long)tokens * AngleStride);
        _scratch = new AlignedMemory<float>((long)threads * HeadStride);
    }

    public int Tokens { get; }

    public int LogitRows { get; }

    public int ResidualStride { get; }

    public int QueryKeyValueStride { get; }

    public int GateUpStride { get; }

    public int LogitStride { get; }

    /// <summary>Cosines of a token's pairs, then sines.</summary>
    public int AngleStride { get; }

    public int HeadStride { get; }

    public Activations Normed { get; }

    public Activations Attended { get; }

    public Activations Activated { get; }

    /// <summary>The normalised last layer of the tokens whose logits are wanted.</summary>
    public Activations Final { get; }

    public float* Residual(int token) => _residual.Pointer + (long)token * ResidualStride;

    public float* QueryKeyValue(int token) => _queryKeyValue.Pointer + (long)token * QueryKeyValueStride;

    public float* GateUp(int token) => _gateUp.Pointer + (long)token * GateUpStride;

    public float* Logits(int row) => _logits.Pointer + (long)row * LogitStride;

    public float* Angles(int token) => _angles.Pointer + (long)token * AngleStride;

    /// <summary>Of one thread: a padded head.</summary>
    public float* Scratch(int rank) => _scratch.Pointer + (long)rank * HeadStride;

    public bool Fits(int tokens, int logitRows) => tokens <= Tokens && logitRows <= LogitRows;

    public void Dispose()
    {
        Normed.Dispose();
        Attended.Dispose();
        Activated.Dispose();
        Final.Dispose();
        _residual.Dispose();
        _queryKeyValue.Dispose();
        _gateUp.Dispose();
        _logits.Dispose();
        _angles.Dispose();
        _scratch.Dispose();
    }
}
