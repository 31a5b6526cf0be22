namespace ProofMesh.Inference;

/// <summary>Keys and values of all sequences in float32, in blocks of 16 positions.</summary>
/// <remarks>
/// Keys lie [layer][block][head][dimension][16], so that the scores of a block's positions are computed in one vector
/// without summing across lanes. Values lie [layer][block][head][16][dimension]. Memory is taken as blocks are first used.
/// </remarks>
internal sealed unsafe class CpuCache : IDisposable
{
    private readonly AlignedMemory<float> _keys;
    private readonly AlignedMemory<float> _values;
    private readonly int _blocks;

    public CpuCache(ModelConfig config, int blocks)
    {
        _blocks = blocks;
        HeadStride = Lanes.RoundUp(config.HeadSize);
        BlockStep = (long)config.KeyValueHeads * BlockPool.Tokens * HeadStride;
        _keys = new AlignedMemory<float>(BlockStep * blocks * config.Layers);
        _values = new AlignedMemory<float>(BlockStep * blocks * config.Layers);
    }

    /// <summary>Dimensions of a head, padded with zeros.</summary>
    public int HeadStride { get; }

    /// <summary>Floats from a block to the next, for one layer and head.</summary>
    public long BlockStep { get; }

    public static long BytesPerToken(ModelConfig config) =>
        2L * sizeof(float) * Lanes.RoundUp(config.HeadSize) * config.KeyValueHeads * config.Layers;

    /// <summary>Of block 0.</summary>
    public float* Keys(int layer, int head) => _keys.Pointer + At(layer, head);

    /// <summary>Of block 0.</summary>
    public float* Values(int layer, int head) => _values.Pointer + At(layer, head);

    public void Store(int layer, int head, int block, int place, float* key, float* value, int size)
    {
        var column = Keys(layer, head) + block * BlockStep + place;
        var row = Values(layer, head) + block * BlockStep + (long)place * HeadStride;
        for (var d = 0; d < size; d++)
        {
            column[(long)d * Lanes.Count] = key[d];
            row[d] = value[d];
        }
    }

    public void Dispose()
    {
        _keys.Dispose();
        _values.Dispose();
    }

    private long At(int layer, int head) => layer * _blocks * BlockStep + (long)head * BlockPool.Tokens * HeadStride;
}

/// <summary>Where the keys and values of one sequence lie for one layer and head.</summary>
internal readonly unsafe ref struct PagedText(float* keys, float* values, long step, ReadOnlySpan<int> blocks, int length)
{
    private readonly ReadOnlySpan<int> _blocks = blocks;

    public int Length { get; } = length;

    public float* Keys(int index) => keys + _blocks[index] * step;

    public float* Values(int index) => values + _blocks[index] * step;
}
