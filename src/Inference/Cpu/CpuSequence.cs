namespace ProofMesh.Inference;

/// <summary>Keys and values of one sequence in float32.</summary>
/// <remarks>
/// Keys lie in blocks of 16 positions, [layer][head][position / 16][dimension][16], so that the scores of 16 positions
/// are computed in one vector without summing across lanes. Values lie [layer][head][position][dimension].
/// </remarks>
internal sealed unsafe class CpuSequence : Sequence
{
    private readonly AlignedMemory<float> _keys;
    private readonly AlignedMemory<float> _values;
    private readonly int _heads;
    private readonly long _headFloats;

    public CpuSequence(ModelConfig config, int capacity) : base(capacity)
    {
        _heads = config.KeyValueHeads;
        HeadStride = Lanes.RoundUp(config.HeadSize);
        _headFloats = (long)Lanes.RoundUp(capacity) * HeadStride;
        _keys = new AlignedMemory<float>(_headFloats * _heads * config.Layers);
        _values = new AlignedMemory<float>(_headFloats * _heads * config.Layers);
    }

    /// <summary>Dimensions of a head, padded with zeros.</summary>
    public int HeadStride { get; }

    public static long BytesPerToken(ModelConfig config) =>
        2L * sizeof(float) * Lanes.RoundUp(config.HeadSize) * config.KeyValueHeads * config.Layers;

    public float* Keys(int layer, int head) => _keys.Pointer + ((long)layer * _heads + head) * _headFloats;

    public float* Values(int layer, int head) => _values.Pointer + ((long)layer * _heads + head) * _headFloats;

    public void Store(int layer, int head, int position, float* key, float* value, int size)
    {
        var column = Keys(layer, head) + (long)(position / Lanes.Count) * HeadStride * Lanes.Count + position % Lanes.Count;
        var row = Values(layer, head) + (long)position * HeadStride;
        for (var d = 0; d < size; d++)
        {
            column[(long)d * Lanes.Count] = key[d];
            row[d] = value[d];
        }
    }

    protected override void Dispose(bool disposing)
    {
        _keys.Dispose();
        _values.Dispose();
    }
}
