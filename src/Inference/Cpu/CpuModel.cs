namespace ProofMesh.Inference;

/// <summary>All weights of a model, packed for the processor; the embedding table stays in its file.</summary>
internal sealed class CpuModel : IDisposable
{
    private readonly List<CpuLayer> _layers = [];

    public CpuModel(ModelConfig config, ModelWeights weights, WeightFormat format)
    {
        Config = config;
        Embedding = weights.Embedding;
        FinalNorm = new NormWeights(weights.FinalNorm);
        Quantised = format == WeightFormat.Int8;
        foreach (var layer in weights.Layers)
            _layers.Add(new CpuLayer(layer, Pack));
        Head = Pack([new(weights.Head)]);
    }

    public ModelConfig Config { get; }

    public bool Quantised { get; }

    public TensorView Embedding { get; }

    public IReadOnlyList<CpuLayer> Layers => _layers;

    public NormWeights FinalNorm { get; }

    public PackedMatrix Head { get; }

    public void Dispose()
    {
        FinalNorm.Dispose();
        Head.Dispose();
        _layers.ForEach(l => l.Dispose());
    }

    private PackedMatrix Pack(MatrixPart[] parts) => Quantised ? new Int8Matrix(parts) : new Float32Matrix(parts);
}
