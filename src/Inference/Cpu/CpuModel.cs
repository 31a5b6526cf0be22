namespace ProofMesh.Inference;

/// <summary>All weights of a model, packed for the processor; the embedding table stays in its file.</summary>
internal sealed class CpuModel : IDisposable
{
    private readonly List<CpuLayer> _layers = [];
    private readonly List<PackedMatrix> _matrices = [];
    private readonly PackedWeights _packed;

    /// <param name="kept">The file that keeps the packed weights for the next load; null: none.</param>
    public CpuModel(ModelConfig config, ModelWeights weights, WeightFormat format, string? kept = null, Action<double>? progress = null)
    {
        (Config, Embedding, Format) = (config, weights.Embedding, format);
        FinalNorm = new NormWeights(weights.FinalNorm);
        foreach (var layer in weights.Layers)
            _layers.Add(new CpuLayer(layer, Arrange));
        Head = Arrange([new(weights.Head)]);
        _packed = new PackedWeights(_matrices, kept, progress);
    }

    /// <summary>What the packed matrices of such a model take.</summary>
    public static long BytesOf(ModelConfig config, WeightFormat format)
    {
        var (hidden, wide) = (config.Hidden, config.Intermediate);
        long[] layer =
        [
            Matrix(hidden, config.QuerySize, config.KeyValueSize, config.KeyValueSize),
            Matrix(config.QuerySize, hidden),
            Matrix(hidden, wide, wide),
            Matrix(wide, hidden),
        ];
        return PackedWeights.BytesOf(Enumerable.Repeat(layer, config.Layers).SelectMany(matrices => matrices).Append(Matrix(hidden, config.Vocabulary)));

        long Matrix(int columns, params int[] parts) => MatrixBytes(format, parts.Sum(rows => Lanes.RoundUp(rows)) / Lanes.Count, columns);
    }

    public ModelConfig Config { get; }

    public WeightFormat Format { get; }

    /// <summary>What the matrices read.</summary>
    public InputFormat Inputs => Format switch
    {
        WeightFormat.Float32 => InputFormat.Float32,
        WeightFormat.BFloat16 => InputFormat.BFloat16,
        _ => InputFormat.Bytes,
    };

    /// <summary>What the packed matrices take.</summary>
    public long Bytes => _packed.Bytes;

    public TensorView Embedding { get; }

    public IReadOnlyList<CpuLayer> Layers => _layers;

    public NormWeights FinalNorm { get; }

    public PackedMatrix Head { get; }

    public void Dispose()
    {
        FinalNorm.Dispose();
        Head.Dispose();
        _layers.ForEach(l => l.Dispose());
        _packed.Dispose();
    }

    private static long MatrixBytes(WeightFormat format, int groups, int columns) => format switch
    {
        WeightFormat.Float32 => Float32Matrix.BytesOf(groups, columns),
        WeightFormat.BFloat16 => BFloat16Matrix.BytesOf(groups, columns),
        WeightFormat.Int8 => BlockMatrix<EightBits>.BytesOf(groups, columns),
        WeightFormat.Int4 => BlockMatrix<FourBits>.BytesOf(groups, columns),
        _ => throw new ArgumentException($"The Cpu backend has no format {format}.", nameof(format)),
    };

    private PackedMatrix Arrange(MatrixPart[] parts)
    {
        PackedMatrix matrix = Format switch
        {
            WeightFormat.Float32 => new Float32Matrix(parts),
            WeightFormat.BFloat16 => new BFloat16Matrix(parts),
            WeightFormat.Int8 => new BlockMatrix<EightBits>(parts),
            WeightFormat.Int4 => new BlockMatrix<FourBits>(parts),
            _ => throw new ArgumentException($"The Cpu backend has no format {Format}.", nameof(parts)),
        };
        _matrices.Add(matrix);
        return matrix;
    }
}
