namespace ProofMesh.Inference;

/// <summary>Keys and values of all sequences, in blocks of 16 positions.</summary>
/// <remarks>
/// Keys lie [layer][block][head][dimension][16], so that the scores of a block's positions are computed in one vector
/// without summing across lanes. Values lie [layer][block][head][16][dimension]. Where the format is scaled, 16 scales
/// follow each head of a block. Memory is taken as blocks are first used.
/// </remarks>
internal sealed unsafe class CpuCache : IDisposable
{
    // Less than this is searched quickly enough, and large pages would take room for positions that never come.
    private const long LeastDense = 64 << 20;

    private readonly AlignedMemory<byte> _keys;
    private readonly AlignedMemory<byte> _values;
    private readonly int _blocks;
    private readonly WeightFormat _weights;
    private readonly int _numberBytes;
    private readonly long _headStep;

    public CpuCache(ModelConfig config, int blocks, WeightFormat weights)
    {
        (_blocks, _weights) = (blocks, weights);
        HeadStride = Lanes.RoundUp(config.HeadSize);
        _numberBytes = BlockPool.Tokens * HeadStride * NumberSize(weights);
        _headStep = _numberBytes + ScaleBytes(weights);
        BlockStep = config.KeyValueHeads * _headStep;
        _keys = new AlignedMemory<byte>(BlockStep * blocks * config.Layers, dense: BlockStep * blocks * config.Layers >= LeastDense);
        _values = new AlignedMemory<byte>(BlockStep * blocks * config.Layers, dense: BlockStep * blocks * config.Layers >= LeastDense);
    }

    /// <summary>Dimensions of a head, padded with zeros.</summary>
    public int HeadStride { get; }

    /// <summary>Bytes from a block to the next, for one layer and head.</summary>
    public long BlockStep { get; }

    public static long BytesPerToken(ModelConfig config, WeightFormat weights) =>
        2L * config.KeyValueHeads * config.Layers * (Lanes.RoundUp(config.HeadSize) * NumberSize(weights) + ScaleBytes(weights) / BlockPool.Tokens);

    /// <summary>Of block 0.</summary>
    public byte* Keys(int layer, int head) => _keys.Pointer + At(layer, head);

    /// <summary>Of block 0.</summary>
    public byte* Values(int layer, int head) => _values.Pointer + At(layer, head);

    public void Store(int layer, int head, int block, int place, float* key, float* value, int size)
    {
        byte* keys = Keys(layer, head) + block * BlockStep, values = Values(layer, head) + block * BlockStep;
        switch (_weights)
        {
            case WeightFormat.Float32: Store<Float32Cache>(keys, values, place, key, value, size); break;
            case WeightFormat.BFloat16: Store<BFloat16Cache>(keys, values, place, key, value, size); break;
            default: Store<ByteCache>(keys, values, place, key, value, size); break;
        }
    }

    public void Dispose()
    {
        _keys.Dispose();
        _values.Dispose();
    }

    // The cache rounds no finer than the inputs of the matrices do.
    private static int NumberSize(WeightFormat weights) => weights switch
    {
        WeightFormat.Float32 => Float32Cache.Size,
        WeightFormat.BFloat16 => BFloat16Cache.Size,
        _ => ByteCache.Size,
    };

    private static int ScaleBytes(WeightFormat weights) => NumberSize(weights) == ByteCache.Size ? BlockPool.Tokens * sizeof(float) : 0;

    private void Store<TFormat>(byte* keys, byte* values, int place, float* key, float* value, int size)
        where TFormat : struct, ICacheFormat
    {
        float keyScale = 1, valueScale = 1;
        if (TFormat.Scaled)
        {
            keyScale = ((float*)(keys + _numberBytes))[place] = Scale(key, size);
            valueScale = ((float*)(values + _numberBytes))[place] = Scale(value, size);
        }
        var (keyFactor, valueFactor) = (keyScale > 0 ? 1 / keyScale : 0, valueScale > 0 ? 1 / valueScale : 0);
        for (var d = 0; d < size; d++)
        {
            TFormat.Store(keys, d * BlockPool.Tokens + place, key[d] * keyFactor);
            TFormat.Store(values, place * HeadStride + d, value[d] * valueFactor);
        }
    }

    private static float Scale(float* vector, int size)
    {
        var largest = 0f;
        for (var d = 0; d < size; d++)
            largest = Math.Max(largest, Math.Abs(vector[d]));
        return largest / 127;
    }

    private long At(int layer, int head) => layer * _blocks * BlockStep + head * _headStep;
}

/// <summary>Where the keys and values of one sequence lie for one layer and head.</summary>
internal readonly unsafe ref struct PagedText(byte* keys, byte* values, long step, ReadOnlySpan<int> blocks)
{
    private readonly ReadOnlySpan<int> _blocks = blocks;

    public byte* Keys(int index) => keys + _blocks[index] * step;

    public byte* Values(int index) => values + _blocks[index] * step;
}
