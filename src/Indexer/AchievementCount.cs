using System.Buffers.Binary;
using Dapper;
using Npgsql;
using ProofMesh.Protocol;

namespace ProofMesh.Indexer;

/// <summary>Counts what providers have achieved, from the receipts that are both settled on chain and published.</summary>
/// <remarks>
/// A provider's row holds how far it is and up to which statement, so each statement is read once. A statement that was
/// published after later ones, or a fork, makes its provider start over. Once it has earned all there is, its row stays.
/// </remarks>
sealed class AchievementCount(NpgsqlDataSource database)
{
    const int All = (int)(Achievements.SpeedDemon | Achievements.Centurion | Achievements.Perfectionist | Achievements.Marathoner);

    /// <param name="Counted">Statements in the row.</param>
    /// <param name="Earlier">Statements that are there up to the row's place.</param>
    sealed record Due(Address Provider, int? Counted, int Earlier);

    sealed record Row(long BlockNumber, int LogIndex, int Statements, ulong Fast, ulong Served, ulong InARow, byte[] Runs, int Earned)
    {
        public static Row None { get; } = new(-1, -1, 0, 0, 0, 0, [], 0);
    }

    sealed record Statement(long BlockNumber, int LogIndex, byte[] BlockHash, byte[] Content);

    public async Task<bool> TurnAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        var due = await connection.QueryAsync<Due>("""
            select s.provider, a.statements as counted,
              (count(*) filter (where (s.block_number, s.log_index) <= (a.block_number, a.last_log_index)))::integer as earlier
            from chain.statement_settled s
            join settlement.receipt_batch b on b.root = s.root
            left join chain.achievement a on a.provider = s.provider
            where a.earned is distinct from @All
            group by s.provider, a.statements
            having count(*) is distinct from a.statements
            """, new { All });
        foreach (var provider in due) await CountAsync(connection, provider, stop);
        return false;
    }

    async Task CountAsync(NpgsqlConnection connection, Due due, CancellationToken stop)
    {
        var row = due.Counted == due.Earlier ? await RowAsync(connection, due.Provider) : Row.None;
        var (progress, statements, last) = (new AchievementProgress(row.Fast, row.Served, row.InARow, Read(row.Runs), (Achievements)row.Earned), row.Statements, (Statement?)null);
        await using (var reading = await database.OpenConnectionAsync(stop))
        {
            const string sql = """
                select s.block_number, s.log_index, k.hash as block_hash, b.content
                from chain.statement_settled s
                join chain.block k on k.number = s.block_number
                join settlement.receipt_batch b on b.root = s.root
                where s.provider = @Provider and (s.block_number, s.log_index) > (@BlockNumber, @LogIndex)
                order by s.block_number, s.log_index
                """;
            await foreach (var statement in reading.QueryUnbufferedAsync<Statement>(sql, new { due.Provider, row.BlockNumber, row.LogIndex }).WithCancellation(stop))
            {
                progress = ReceiptBatch.Decode(statement.Content).Receipts.Aggregate(progress, (sum, signed) => sum.After(signed.Receipt));
                statements++;
                last = statement;
            }
        }
        if (last is not null) await WriteAsync(connection, due.Provider, last, statements, progress);
    }

    static async Task<Row> RowAsync(NpgsqlConnection connection, Address provider) =>
        await connection.QuerySingleOrDefaultAsync<Row>("""
            select block_number, last_log_index as log_index, statements, fast, served, in_a_row, runs, earned
            from chain.achievement
            where provider = @provider
            """, new { provider }) ?? Row.None;

    // The last statement's block may be gone by now, and all with it: then there is nothing to write, and the next turn starts over.
    static Task WriteAsync(NpgsqlConnection connection, Address provider, Statement last, int statements, AchievementProgress progress) => connection.ExecuteAsync("""
        insert into chain.achievement (provider, block_number, last_log_index, statements, fast, served, in_a_row, runs, earned, points)
        select @provider, b.number, @LogIndex, @statements, @Fast, @Served, @Row, @runs, @earned, @points
        from chain.block b
        where b.number = @BlockNumber and b.hash = @BlockHash
        on conflict (provider) do update
        set block_number = excluded.block_number, last_log_index = excluded.last_log_index, statements = excluded.statements, fast = excluded.fast,
          served = excluded.served, in_a_row = excluded.in_a_row, runs = excluded.runs, earned = excluded.earned, points = excluded.points
        """, new
    {
        provider,
        last.BlockNumber,
        last.LogIndex,
        last.BlockHash,
        statements,
        progress.Fast,
        progress.Served,
        progress.Row,
        runs = Write(progress.Runs),
        earned = (int)progress.Earned,
        points = (int)Score.PointsOf(progress.Earned),
    });

    // 16 bytes a run: the first start and the last.
    static byte[] Write(IReadOnlyList<Run> runs)
    {
        var bytes = new byte[16 * runs.Count];
        for (var i = 0; i < runs.Count; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(16 * i), runs[i].First);
            BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(16 * i + 8), runs[i].Last);
        }
        return bytes;
    }

    static Run[] Read(byte[] bytes) =>
        [.. bytes.Chunk(16).Select(run => new Run(BinaryPrimitives.ReadUInt64BigEndian(run), BinaryPrimitives.ReadUInt64BigEndian(run.AsSpan(8))))];
}
