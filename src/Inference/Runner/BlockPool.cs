namespace ProofMesh.Inference;

/// <summary>Who uses which block of a runner's key-value cache, and what the unused ones still hold. The memory itself is the backend's.</summary>
/// <remarks>
/// Blocks without a user wait in a ring, the next to be given away first: those that hold nothing of use at its head,
/// those that hold a known beginning of a text at its end. A text's blocks are released from last to first, so that
/// of a tree of texts the leaves go before the branches that others share.
/// </remarks>
internal sealed class BlockPool
{
    /// <summary>Positions of a block.</summary>
    public const int Tokens = 16;

    private readonly int[] _users;
    private readonly UInt128[] _names;
    private readonly int[] _next;
    private readonly int[] _previous;
    private readonly Dictionary<UInt128, int> _known = [];
    private volatile int _free;

    public BlockPool(int count)
    {
        (Count, _users, _names) = (count, new int[count], new UInt128[count]);
        // The last place is the ring's beginning and end.
        (_next, _previous) = (new int[count + 1], new int[count + 1]);
        (_next[count], _previous[count]) = (count, count);
        for (var block = count - 1; block >= 0; block--)
            Insert(block, before: _next[count]);
    }

    public int Count { get; }

    /// <summary>Blocks that nobody uses, those that hold something included.</summary>
    public int Free => _free;

    public static int BlocksFor(int tokens) => (tokens + Tokens - 1) / Tokens;

    /// <summary>An unused block: the preferred one where it is free and empty, so that a text lies in one piece where it can. −1: none is left.</summary>
    public int Take(int preferred)
    {
        if (_free == 0)
            return -1;
        var block = (uint)preferred < (uint)Count && _users[preferred] == 0 && _names[preferred] == default ? preferred : _next[Count];
        Forget(block);
        Use(block);
        return block;
    }

    /// <summary>The block known by this name, which gets one more user; −1: none.</summary>
    public int Share(UInt128 name)
    {
        if (!_known.TryGetValue(name, out var block))
            return -1;
        Use(block);
        return block;
    }

    public void Release(int block)
    {
        if (--_users[block] == 0)
            Insert(block, before: _names[block] == default ? _next[Count] : Count);
    }

    /// <summary>Makes a block's content known, unless another holds the same.</summary>
    public void Name(int block, UInt128 name)
    {
        if (_known.TryAdd(name, block))
            _names[block] = name;
    }

    private void Forget(int block)
    {
        if (_names[block] != default)
            _known.Remove(_names[block]);
        _names[block] = default;
    }

    private void Use(int block)
    {
        if (_users[block]++ > 0)
            return;
        (_next[_previous[block]], _previous[_next[block]]) = (_next[block], _previous[block]);
        _free--;
    }

    private void Insert(int block, int before)
    {
        (_next[block], _previous[block]) = (before, _previous[before]);
        _next[_previous[before]] = block;
        _previous[before] = block;
        _free++;
    }
}
