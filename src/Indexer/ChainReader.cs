using ProofMesh.Chain;
using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;

namespace ProofMesh.Indexer;

/// <summary>The chain changed while it was read; the next turn reads it anew.</summary>
sealed class TornReadException(string message) : Exception(message);

/// <summary>Reads blocks and our contracts' logs, and answers only what is consistent.</summary>
sealed class ChainReader(Eth eth, Address[] contracts)
{
    readonly Bytes32[][] topics = [[.. Events.All.Select(table => table.Topic)]];

    /// <summary>For a rail, whose Settlement knows its Disputes.</summary>
    public static async Task<ChainReader> OpenAsync(Web3 web3, Rail rail, CancellationToken stop)
    {
        var disputes = await new SettlementContract(web3, rail.Settlement).DisputesAsync(stop: stop);
        return new(web3.Eth, [rail.Escrow, rail.Staking, rail.Settlement, disputes]);
    }

    public Task<ulong> HeadAsync(CancellationToken stop) => eth.GetBlockNumberAsync(stop);

    /// <summary>The hashes that these blocks have now; null where the chain isn't that long.</summary>
    public async Task<Bytes32?[]> HashesAsync(IReadOnlyList<ulong> numbers, CancellationToken stop)
    {
        var blocks = await Task.WhenAll(numbers.Select(number => eth.GetBlockByNumberAsync(number, stop)));
        return Array.ConvertAll(blocks, block => block?.Hash);
    }

    public Task<Step> ReadAsync(Stretch stretch, ulong head, CancellationToken stop) =>
        stretch.ByHash ? ByHashAsync(stretch, head, stop) : ByRangeAsync(stretch, head, stop);

    // A range may be answered from another fork than the blocks: the hashes in the logs must be those of the blocks.
    async Task<Step> ByRangeAsync(Stretch stretch, ulong head, CancellationToken stop)
    {
        var logs = await eth.GetLogsAsync(new LogFilter { FromBlock = stretch.From, ToBlock = stretch.To, Addresses = contracts, Topics = topics }, stop);
        var numbers = logs.Select(log => log.BlockNumber).Append(stretch.To).Distinct().Order().ToArray();
        var blocks = new List<Block>(numbers.Length);
        foreach (var run in Runs(numbers))
            foreach (var block in await eth.GetBlocksAsync(run.First, run.Count, stop))
                blocks.Add(block ?? throw new TornReadException("A block went away while its logs were read."));
        var hashes = blocks.ToDictionary(block => block.Number, block => block.Hash);
        if (logs.Any(log => !hashes.TryGetValue(log.BlockNumber, out var hash) || hash != log.BlockHash)) throw new TornReadException("Logs and blocks are of different forks.");
        return new Step(stretch.From, stretch.To, head, blocks, logs);
    }

    async Task<Step> ByHashAsync(Stretch stretch, ulong head, CancellationToken stop)
    {
        var blocks = new List<Block>();
        foreach (var block in await eth.GetBlocksAsync(stretch.From, (int)(stretch.To - stretch.From + 1), stop))
        {
            if (block is null || (blocks.Count > 0 && block.ParentHash != blocks[^1].Hash)) throw new TornReadException("The chain changed between two blocks.");
            blocks.Add(block);
        }
        var logs = await Task.WhenAll(blocks.Select(block => eth.GetLogsAsync(new LogFilter { BlockHash = block.Hash, Addresses = contracts, Topics = topics }, stop)));
        return new Step(stretch.From, stretch.To, head, blocks, [.. logs.SelectMany(logs => logs)]);
    }

    // Consecutive numbers are asked for together.
    static IEnumerable<(ulong First, int Count)> Runs(ulong[] numbers)
    {
        for (var i = 0; i < numbers.Length;)
        {
            var end = i + 1;
            while (end < numbers.Length && numbers[end] == numbers[end - 1] + 1) end++;
            yield return (numbers[i], end - i);
            i = end;
        }
    }
}
