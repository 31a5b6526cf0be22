using Dapper;
using Npgsql;
using ProofMesh.Chain;
using ProofMesh.Protocol;

namespace ProofMesh.Indexer;

/// <summary>The chain schema of Postgres: writes whole steps, takes whole forks back. The cursor moves in the same transaction.</summary>
sealed class Mirror(NpgsqlDataSource database, ulong confirmations)
{
    /// <summary>Makes the cursor of a fresh database; an old one must be of the same rail.</summary>
    /// <exception cref="InvalidOperationException">The database mirrors another rail.</exception>
    public async Task OpenAsync(Rail rail, ulong startBlock, CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        await connection.ExecuteAsync("""
            insert into chain.cursor (chain_id, settlement, escrow, staking, start_block, number, head, confirmed)
            values (@ChainId, @Settlement, @Escrow, @Staking, @start, @start - 1, 0, 0)
            on conflict (one) do nothing
            """, new { ChainId = (long)rail.ChainId, rail.Settlement, rail.Escrow, rail.Staking, start = (long)startBlock });
        var same = await connection.QuerySingleAsync<bool>("""
            select chain_id = @ChainId and settlement = @Settlement and escrow = @Escrow and staking = @Staking and start_block = @start
            from chain.cursor
            """, new { ChainId = (long)rail.ChainId, rail.Settlement, rail.Escrow, rail.Staking, start = (long)startBlock });
        if (!same) throw new InvalidOperationException("This database mirrors another rail or starts at another block. Use a database of its own for each rail, or drop the schema chain and its migrations to start over.");
    }

    /// <summary>The newest mirrored block as its number and hash; −1 comes as null on a fresh chain that starts at block 0.</summary>
    public async Task<Cursor?> CursorAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        var (number, hash) = await connection.QuerySingleAsync<(long Number, Bytes32? Hash)>("""
            select c.number, b.hash
            from chain.cursor c
            left join chain.block b on b.number = c.number
            """);
        return number < 0 ? null : new Cursor((ulong)number, hash);
    }

    /// <exception cref="InvalidOperationException">Another indexer moved the cursor; nothing was written.</exception>
    public async Task WriteAsync(Step step, CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        await MoveAsync(connection, (long)step.From - 1, (long)step.To, step.Head);
        await CopyAsync(connection, "copy chain.block (number, hash, parent_hash, timestamp) from stdin (format binary)", step.Blocks.Select(Row), stop);
        foreach (var logs in step.Logs.GroupBy(log => Events.ByTopic[log.Topics[0]]))
            await CopyAsync(connection, logs.Key.CopyCommand, logs.Select(logs.Key.Row), stop);
        await transaction.CommitAsync(stop);
    }

    /// <summary>Takes back everything above a block.</summary>
    public async Task RewindAsync(long from, long to, ulong head, CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        await MoveAsync(connection, from, to, head);
        await connection.ExecuteAsync("delete from chain.block where number > @to", new { to });
        await transaction.CommitAsync(stop);
    }

    /// <summary>Says that there was nothing new up to this head.</summary>
    public async Task TouchAsync(ulong head, CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        await connection.ExecuteAsync("""
            update chain.cursor
            set head = @head, confirmed = @confirmed, moved_at = now()
            where head <> @head or moved_at < now() - interval '10 seconds'
            """, new { head = (long)head, confirmed = (long)Walk.Confirmed(head, confirmations) });
    }

    /// <summary>Stored blocks from a number down, newest first.</summary>
    public async Task<IReadOnlyList<(ulong Number, Bytes32 Hash)>> BlocksAsync(ulong from, int count, CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        var rows = await connection.QueryAsync<(long Number, Bytes32 Hash)>("""
            select number, hash
            from chain.block
            where number <= @from
            order by number desc
            limit @count
            """, new { from = (long)from, count });
        return [.. rows.Select(row => ((ulong)row.Number, row.Hash))];
    }

    public async Task<long> StartAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        return await connection.QuerySingleAsync<long>("select start_block from chain.cursor");
    }

    async Task MoveAsync(NpgsqlConnection connection, long from, long to, ulong head)
    {
        var moved = await connection.ExecuteAsync("""
            update chain.cursor
            set number = @to, head = @head, confirmed = @confirmed, moved_at = now()
            where number = @from
            """, new { from, to, head = (long)head, confirmed = (long)Walk.Confirmed(head, confirmations) });
        if (moved != 1) throw new InvalidOperationException("Another indexer writes to this database.");
    }

    static object[] Row(Block block) => [(long)block.Number, block.Hash.ToArray(), block.ParentHash.ToArray(), (long)block.Timestamp];

    static async Task CopyAsync(NpgsqlConnection connection, string command, IEnumerable<object[]> rows, CancellationToken stop)
    {
        await using var copy = await connection.BeginBinaryImportAsync(command, stop);
        foreach (var row in rows) await copy.WriteRowAsync(stop, row);
        await copy.CompleteAsync(stop);
    }
}
