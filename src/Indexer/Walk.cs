namespace ProofMesh.Indexer;

/// <summary>Blocks to read next.</summary>
/// <param name="ByHash">Whether they are so near to the head that each must be asked for by its hash.</param>
readonly record struct Stretch(ulong From, ulong To, bool ByHash);

/// <summary>Decides which blocks come next; no I/O.</summary>
static class Walk
{
    // What is asked for in one turn near the head: one call for each block's logs.
    const ulong MostByHash = 32;

    /// <param name="cursor">The newest mirrored block.</param>
    /// <param name="range">Most blocks of one question.</param>
    /// <returns>Null when there is nothing new.</returns>
    public static Stretch? Next(ulong cursor, ulong head, int nearHead, int range)
    {
        if (head <= cursor) return null;
        var old = head > (ulong)nearHead ? head - (ulong)nearHead : 0;
        return cursor < old
            ? new(cursor + 1, Math.Min(old, cursor + (ulong)range), ByHash: false)
            : new(cursor + 1, Math.Min(head, cursor + MostByHash), ByHash: true);
    }

    /// <summary>The range after one was answered: twice as long, while there weren't too many logs in it.</summary>
    public static int Longer(int range, int logs, int largest) => logs > 10_000 ? Math.Max(1, range / 2) : Math.Min(largest, range * 2);

    public static int Shorter(int range) => Math.Max(1, range / 2);

    public static ulong Confirmed(ulong head, ulong confirmations) => head > confirmations ? head - confirmations : 0;
}
