using ProofMesh.Protocol;

namespace ProofMesh.Chain;

/// <summary>How far a subscriber has read, so that no log reaches it twice when missed ones are fetched.</summary>
sealed class LogCursor
{
    readonly HashSet<(Bytes32 Block, uint Index)> ofBlock = [];

    /// <summary>The block to ask from: its logs may not all have come.</summary>
    public ulong Block { get; private set; }

    public void StartAfter(ulong block) => Block = Math.Max(Block, block + 1);

    public bool Accepts(Log log)
    {
        if (log.Removed)
        {
            ofBlock.Remove((log.BlockHash, log.LogIndex));
            return true;
        }
        if (log.BlockNumber > Block)
        {
            Block = log.BlockNumber;
            ofBlock.Clear();
        }
        return ofBlock.Add((log.BlockHash, log.LogIndex));
    }
}
