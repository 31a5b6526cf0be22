namespace ProofMesh.Inference;

/// <summary>One decoder layer, packed.</summary>
internal sealed class CpuLayer : IDisposable
{
    public CpuLayer(LayerWeights weights, Func<MatrixPart[], PackedMatrix> pack)
    {
        InputNorm = new NormWeights(weights.InputNorm);
        PostNorm = new NormWeights(weights.PostNorm);
        QueryNorm = weights.QueryNorm is null ? null : new NormWeights(weights.QueryNorm);
        KeyNorm = weights.KeyNorm is null ? null : new NormWeights(weights.KeyNorm);
        QueryKeyValue = pack([new(weights.Query, weights.QueryBias), new(weights.Key, weights.KeyBias), new(weights.Value, weights.ValueBias)]);
        Output = pack([new(weights.Output, weights.OutputBias)]);
        GateUp = pack([new(weights.Gate), new(weights.Up)]);
        Down = pack([new(weights.Down)]);
    }

    public NormWeights InputNorm { get; }

    public NormWeights PostNorm { get; }

    public NormWeights? QueryNorm { get; }

    public NormWeights? KeyNorm { get; }

    /// <summary>Rows: queries, keys, values.</summary>
    public PackedMatrix QueryKeyValue { get; }

    public PackedMatrix Output { get; }

    /// <summary>Rows: gate, up.</summary>
    public PackedMatrix GateUp { get; }

    public PackedMatrix Down { get; }

    public void Dispose()
    {
        InputNorm.Dispose();
        PostNorm.Dispose();
        QueryNorm?.Dispose();
        KeyNorm?.Dispose();
        QueryKeyValue.Dispose();
        Output.Dispose();
        GateUp.Dispose();
        Down.Dispose();
    }
}

/// <summary>The weights of an RMSNorm, padded with zeros.</summary>
internal sealed unsafe class NormWeights : IDisposable
{
    private readonly AlignedMemory<float> _values;

    public NormWeights(TensorView weights)
    {
        Size = (int)weights.ElementCount;
        _values = new AlignedMemory<float>(Lanes.RoundUp(Size, Activations.Block));
        weights.ReadFloat32(new Span<float>(_values.Pointer, Size));
    }

    public int Size { get; }

    public void Apply(float* x, float* result, float epsilon) =>
        Lanes.RmsNorm(x, _values.Pointer, result, Size, Lanes.RoundUp(Size), epsilon);

    public void Dispose() => _values.Dispose();
}
