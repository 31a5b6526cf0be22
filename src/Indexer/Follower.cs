using ProofMesh.Chain;
using ProofMesh.Protocol;

namespace ProofMesh.Indexer;

/// <summary>Keeps the mirror equal to the canonical chain.</summary>
sealed class Follower(ChainReader chain, Mirror mirror, IndexerOptions options)
{
    int range = Math.Min(500, options.LargestRange);

    /// <summary>One step along the chain; true when there is more to do at once.</summary>
    /// <remarks>1 ask for the head · 2 is the newest mirrored block still canonical? else go back to the fork · 3 decide what to read · 4 read · 5 write</remarks>
    public async Task<bool> TurnAsync(CancellationToken stop)
    {
        var cursor = await mirror.CursorAsync(stop);
        var head = await chain.HeadAsync(stop);
        if (cursor is { Hash: { } hash } at && !await IsCanonicalAsync(at.Number, hash, stop))
        {
            await GoBackAsync(at.Number, head, stop);
            return true;
        }
        // Block 0 has no predecessor for a cursor to stand on; nothing can be deployed in it, so it may be left out.
        var next = Walk.Next(cursor?.Number ?? 0, head, options.NearHead, range);
        if (cursor is null && next is { } first) next = first with { From = 0 };
        if (next is not { } stretch)
        {
            await mirror.TouchAsync(head, stop);
            return false;
        }
        var step = await ReadAsync(stretch, head, stop);
        if (step is null) return true;
        if (cursor?.Hash is { } parent && step.Blocks[0] is { } block && block.Number == cursor.Value.Number + 1 && block.ParentHash != parent) return true;
        await mirror.WriteAsync(step, stop);
        return step.To < head;
    }

    async Task<Step?> ReadAsync(Stretch stretch, ulong head, CancellationToken stop)
    {
        try
        {
            var step = await chain.ReadAsync(stretch, head, stop);
            if (!stretch.ByHash) range = Walk.Longer(range, step.Logs.Count, options.LargestRange);
            return step;
        }
        catch (TornReadException)
        {
            return null;
        }
        catch (ChainException) when (!stretch.ByHash && range > 1)
        {
            // Nodes bound the blocks, the logs or the bytes of an answer, each in its own words.
            range = Walk.Shorter(range);
            return null;
        }
    }

    async Task GoBackAsync(ulong from, ulong head, CancellationToken stop)
    {
        var start = await mirror.StartAsync(stop);
        for (var below = from; ;)
        {
            var stored = await mirror.BlocksAsync(below, 32, stop);
            var hashes = await chain.HashesAsync([.. stored.Select(block => block.Number)], stop);
            for (var i = 0; i < stored.Count; i++)
            {
                if (hashes[i] != stored[i].Hash) continue;
                await mirror.RewindAsync((long)from, (long)stored[i].Number, head, stop);
                return;
            }
            if (stored.Count == 0 || stored[^1].Number == 0)
            {
                await mirror.RewindAsync((long)from, start - 1, head, stop);
                return;
            }
            below = stored[^1].Number - 1;
        }
    }

    async Task<bool> IsCanonicalAsync(ulong number, Bytes32 hash, CancellationToken stop) => (await chain.HashesAsync([number], stop))[0] == hash;
}
