using Dapper;
using Npgsql;
using ProofMesh.Protocol;

namespace ProofMesh.Indexer;

/// <summary>Computes what providers have achieved, from the receipts that are both settled on chain and published.</summary>
/// <remarks>
/// A provider is computed anew from all its receipts when one of its statements is settled or published, because batches of
/// its nodes interleave in time. Once it has earned all there is, its row stays.
/// </remarks>
sealed class AchievementCount(NpgsqlDataSource database)
{
    const int All = (int)(Achievements.SpeedDemon | Achievements.Centurion | Achievements.Perfectionist | Achievements.Marathoner);

    sealed record Due(Address Provider, int Statements, long BlockNumber);

    public async Task<bool> TurnAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        var due = await connection.QueryAsync<Due>("""
            select s.provider, count(*)::integer as statements, max(s.block_number) as block_number
            from chain.statement_settled s
            join settlement.receipt_batch b on b.root = s.root
            left join chain.achievement a on a.provider = s.provider
            where a.earned is distinct from @All
            group by s.provider, a.statements
            having count(*) is distinct from a.statements
            """, new { All });
        foreach (var provider in due) await ComputeAsync(connection, provider, stop);
        return false;
    }

    static async Task ComputeAsync(NpgsqlConnection connection, Due due, CancellationToken stop)
    {
        var contents = await connection.QueryAsync<byte[]>(new CommandDefinition("""
            select b.content
            from chain.statement_settled s
            join settlement.receipt_batch b on b.root = s.root
            where s.provider = @Provider
            """, due, cancellationToken: stop));
        var receipts = contents.SelectMany(content => ReceiptBatch.Decode(content).Receipts).Select(signed => signed.Receipt);
        var earned = Score.Earned(receipts.OrderBy(receipt => receipt.Sequence));
        // The statement's block may be gone by now: then there is nothing to write, and the next turn starts over.
        await connection.ExecuteAsync("""
            insert into chain.achievement (provider, block_number, statements, earned, points)
            select @Provider, b.number, @Statements, @earned, @points
            from chain.block b
            where b.number = @BlockNumber
            on conflict (provider) do update
            set block_number = excluded.block_number, statements = excluded.statements, earned = excluded.earned, points = excluded.points
            """, new { due.Provider, due.BlockNumber, due.Statements, earned = (int)earned, points = (int)Score.PointsOf(earned) });
    }
}
