using System.Diagnostics;
using Dapper;
using ProofMesh.Chain;
using ProofMesh.Chain.Contracts;
using ProofMesh.Indexer;
using ProofMesh.Protocol;
using ProofMesh.Testing;

namespace ProofMesh.Bench;

/// <summary>Events per second from decoded JSON-RPC logs to committed rows, beside one insert for each row in the same database.</summary>
/// <remarks>The goal is half of what a bare binary COPY into a table with a key and an index does (68,000 rows a second), since
/// decoding and the reference to the block come on top.</remarks>
static class IndexerBench
{
    const int Goal = 34_000, Blocks = 40, EventsInBlock = 1_000, Rounds = 5;

    public static async Task<Report> RunAsync()
    {
        await using var postgres = new TestPostgres();
        var mirror = new Mirror(postgres.DataSource, confirmations: 12);
        await mirror.OpenAsync(new Rail(1, Account(1), Account(2), Account(3), Account(4)), 1, CancellationToken.None);
        double[] ours = new double[Rounds], peers = new double[Rounds];
        ulong next = 1;
        for (var round = -1; round < Rounds; round++)
        {
            var (step, few) = (StepOf(next, Blocks), StepOf(next + Blocks, 2));
            next += Blocks + 2;
            var our = await PerSecond(step, () => mirror.WriteAsync(step, CancellationToken.None));
            var peer = await PerSecond(few, () => InsertAsync(postgres, few));
            // The first round warms both up.
            if (round >= 0) (ours[round], peers[round]) = (our, peer);
        }
        return new(
            $"{Blocks} blocks with {EventsInBlock} Claimed events each, from decoded JSON-RPC logs to rows committed in Postgres, cursor included; medians of {Rounds} interleaved rounds after a first.",
            "An insert for each event and a transaction for each block, in the same database.",
            [new("indexer", "events per second", Median.Of(ours), Median.Of(peers), Goal)]);
    }

    static async Task<double> PerSecond(Step step, Func<Task> write)
    {
        var start = Stopwatch.GetTimestamp();
        await write();
        return step.Logs.Count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    // What an indexer looks like that nobody has measured: one statement for each event, a transaction for each block.
    static async Task InsertAsync(TestPostgres postgres, Step step)
    {
        await using var connection = await postgres.DataSource.OpenConnectionAsync();
        foreach (var block in step.Blocks)
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await connection.ExecuteAsync("insert into chain.block values (@number, @Hash, @ParentHash, @time)", new { number = (long)block.Number, block.Hash, block.ParentHash, time = (long)block.Timestamp });
            foreach (var log in step.Logs.Where(log => log.BlockNumber == block.Number))
            {
                var claim = (ClaimedEvent)EscrowContract.DecodeEvent(log)!;
                await connection.ExecuteAsync("""
                    insert into chain.claimed (block_number, log_index, transaction_hash, payer, node, amount, claimed)
                    values (@block, @index, @TransactionHash, @Payer, @Node, @Amount, @Claimed)
                    """, new { block = (long)log.BlockNumber, index = (int)log.LogIndex, log.TransactionHash, claim.Payer, claim.Node, claim.Amount, claim.Claimed });
            }
            await connection.ExecuteAsync("update chain.cursor set number = @number", new { number = (long)block.Number });
            await transaction.CommitAsync();
        }
    }

    static Step StepOf(ulong first, int count)
    {
        var blocks = Enumerable.Range(0, count).Select(i => first + (ulong)i)
            .Select(number => new Block(number, Hash(number), Hash(number - 1), number, 30_000_000, 0, 0, [])).ToArray();
        var logs = blocks.SelectMany(block => Enumerable.Range(0, EventsInBlock).Select(index => Claimed(block, (uint)index))).ToArray();
        return new Step(first, blocks[^1].Number, blocks[^1].Number, blocks, logs);
    }

    static Log Claimed(Block block, uint index)
    {
        var data = Abi.Encode(AbiType.Parse("(address,uint128,uint128)"), [Account(index % 50), (ulong)index + 1, block.Number * 1_000 + index]);
        return new Log(Account(2), [ClaimedEvent.Topic, Word(Account(1_000 + (index % 500)))], data, block.Number, block.Hash, Hash(block.Number * EventsInBlock + index), index, index, Removed: false);
    }

    static Bytes32 Hash(ulong number) => Keccak256.Hash(BitConverter.GetBytes(number));

    static Address Account(uint number) => Address.Parse($"0x{number:x40}");

    static Bytes32 Word(Address address)
    {
        var word = new byte[32];
        address.CopyTo(word.AsSpan(12));
        return new Bytes32(word);
    }
}
