namespace ProofMesh.Inference;

/// <summary>Who attends to what in one layer: queries in tiles of four that read the same keys, tiles shared by the threads.</summary>
/// <remarks>With few tiles, each segment of each is a unit of its own, so that a long text keeps every thread busy.</remarks>
internal sealed unsafe class AttentionPhases(ModelConfig config, CpuCache cache, WeightFormat weights, int threads) : IDisposable
{
    private readonly List<Tile> _tiles = [];
    private readonly int _stride = cache.HeadStride;
    private readonly int _group = config.Heads / config.KeyValueHeads;
    private readonly float _scale = 1f / MathF.Sqrt(config.HeadSize);
    private readonly int _slots = 8 * threads;
    private readonly AlignedMemory<float> _scratch = new((long)threads * (AttentionTile.ScratchFloats(cache.HeadStride) + cache.HeadStride));
    private AlignedMemory<float> _parts = new(0);
    private int _segments;
    private int _room;

    private readonly record struct Tile(Sequence Sequence, int Token, int Query, int Count, int Position);

    /// <summary>Whether segments are units of their own, and a second phase puts them together.</summary>
    public bool Split => _segments > 1 && Tiles < _slots;

    public int Units => Split ? Tiles * _segments : Tiles;

    public int Tiles => _tiles.Count * config.KeyValueHeads;

    /// <summary>Forgets the last step.</summary>
    public void Clear()
    {
        _tiles.Clear();
        _segments = 0;
    }

    /// <param name="token">The first of as many tokens of the step that follow each other in this sequence.</param>
    public void Add(Sequence sequence, int token, int count)
    {
        for (var query = 0; query < count * _group; query += AttentionTile.Queries)
            _tiles.Add(new Tile(sequence, token + query / _group, query % _group, Math.Min(AttentionTile.Queries, count * _group - query), sequence.Length + query / _group));
        _segments = Math.Max(_segments, AttentionTile.Segments(sequence.Length + count));
        if (_segments <= _room)
            return;
        _room = _segments + 2;
        _parts.Dispose();
        _parts = new AlignedMemory<float>(_slots * AttentionTile.PartFloats(_stride, _room));
    }

    /// <summary>Attends; where nothing is split, also writes what came of it.</summary>
    public void Attend(int layer, int unit, int rank, CpuWorkspace space)
    {
        var (index, segment) = Split ? (unit / _segments, unit % _segments) : (unit, -1);
        var (tile, head) = (_tiles[index / config.KeyValueHeads], index % config.KeyValueHeads);
        var text = new PagedText(cache.Keys(layer, head), cache.Values(layer, head), cache.BlockStep, tile.Sequence.Blocks);
        Span<int> lengths = stackalloc int[AttentionTile.Queries];
        var work = Open(tile, head, Split ? index : rank, rank, space, lengths);
        if (segment >= 0)
        {
            Attend(work, text, segment, lengths);
            return;
        }
        for (segment = 0; segment < AttentionTile.Segments(lengths[tile.Count - 1]); segment++)
            Attend(work, text, segment, lengths);
        Write(work, tile, head, rank, space, lengths);
    }

    /// <summary>Puts the segments of a tile together.</summary>
    public void Finish(int index, int rank, CpuWorkspace space)
    {
        var (tile, head) = (_tiles[index / config.KeyValueHeads], index % config.KeyValueHeads);
        Span<int> lengths = stackalloc int[AttentionTile.Queries];
        Write(Open(tile, head, index, rank, space, lengths), tile, head, rank, space, lengths);
    }

    public void Dispose()
    {
        _scratch.Dispose();
        _parts.Dispose();
    }

    // A tile that isn't full repeats its last query with no length.
    private AttentionTile Open(in Tile tile, int head, int slot, int rank, CpuWorkspace space, Span<int> lengths)
    {
        var work = new AttentionTile(Scratch(rank), _parts.Pointer + slot * AttentionTile.PartFloats(_stride, _room), _stride);
        for (var i = 0; i < AttentionTile.Queries; i++)
        {
            var query = tile.Query + Math.Min(i, tile.Count - 1);
            lengths[i] = i < tile.Count ? tile.Position + (tile.Query + i) / _group + 1 : 0;
            var source = space.QueryKeyValue(tile.Token + query / _group) + (head * _group + query % _group) * config.HeadSize;
            new Span<float>(source, config.HeadSize).CopyTo(new Span<float>(work.Query(i), config.HeadSize));
        }
        return work;
    }

    private void Attend(in AttentionTile work, in PagedText text, int segment, ReadOnlySpan<int> lengths)
    {
        switch (weights)
        {
            case WeightFormat.Float32: work.Attend<Float32Cache>(text, segment, lengths, _scale); break;
            case WeightFormat.BFloat16: work.Attend<BFloat16Cache>(text, segment, lengths, _scale); break;
            default: work.Attend<ByteCache>(text, segment, lengths, _scale); break;
        }
    }

    private void Write(in AttentionTile work, in Tile tile, int head, int rank, CpuWorkspace space, ReadOnlySpan<int> lengths)
    {
        var result = Scratch(rank) + AttentionTile.ScratchFloats(_stride);
        for (var i = 0; i < tile.Count; i++)
        {
            var query = tile.Query + i;
            work.Finish(i, lengths[i], _scale, result);
            new Span<float>(result, config.HeadSize).CopyTo(new Span<float>(space.Attended.Row(tile.Token + query / _group) + (head * _group + query % _group) * config.HeadSize, config.HeadSize));
        }
    }

    private float* Scratch(int rank) => _scratch.Pointer + (long)rank * (AttentionTile.ScratchFloats(_stride) + _stride);
}
