using Dapper;
using Npgsql;
using ProofMesh.Chain;
using ProofMesh.Protocol;

namespace ProofMesh.Settlement;

/// <summary>Batches and their transactions in Postgres.</summary>
sealed class BatchStore(NpgsqlDataSource database)
{
    /// <summary>A batch, its items and its first attempt, or nothing of them.</summary>
    public async Task<OpenBatch> AddAsync(Batch batch, SignedTransaction signed, DateTimeOffset now, CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        var id = await connection.QuerySingleAsync<long>(
            "insert into settlement.batch (nonce, created_at) values (@nonce, @now) returning id", new { nonce = (long)signed.Transaction.Nonce, now });
        var items = new BatchItems(
            [.. batch.Grants.Select(signed => (signed.Grant.Payer, signed.Grant.Spender))],
            [.. batch.Claims.Select(signed => (signed.Voucher.Payer, signed.Voucher.Node, signed.Voucher.Cumulative))],
            [.. batch.Statements.Select(one => (one.Node, one.Signed.Statement.FirstSequence))]);
        await connection.ExecuteAsync("insert into settlement.batch_grant (batch, position, payer, spender) values (@id, @position, @Payer, @Spender)",
            items.Grants.Select((item, position) => new { id, position, item.Payer, item.Spender }));
        await connection.ExecuteAsync("insert into settlement.batch_claim (batch, position, payer, node, cumulative) values (@id, @position, @Payer, @Node, @Cumulative)",
            items.Claims.Select((item, position) => new { id, position, item.Payer, item.Node, item.Cumulative }));
        await connection.ExecuteAsync("insert into settlement.batch_statement (batch, position, node, first_sequence) values (@id, @position, @Node, @First)",
            items.Statements.Select((item, position) => new { id, position, item.Node, First = (long)item.First }));
        var attempt = new Attempt(1, signed, now);
        await InsertAsync(connection, id, attempt);
        await transaction.CommitAsync(stop);
        return new OpenBatch(id, signed.Transaction.Nonce, BatchState.Open, [attempt], items, null);
    }

    public async Task AddAttemptAsync(long batch, Attempt attempt, CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        await InsertAsync(connection, batch, attempt);
    }

    /// <summary>All that are open or mined and not final, by nonce.</summary>
    public async Task<List<OpenBatch>> UnfinishedAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        var rows = await connection.QueryAsync<BatchRow>("""
            select id, nonce, state, transaction_hash, block_number, block_hash
            from settlement.batch
            where state in ('open', 'mined')
            order by nonce
            """);
        var batches = new List<OpenBatch>();
        foreach (var row in rows) batches.Add(await ReadAsync(connection, row));
        return batches;
    }

    /// <summary>The highest nonce of a batch that used or may use its nonce, null for none.</summary>
    public async Task<ulong?> LastNonceAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        return (ulong?)await connection.QuerySingleAsync<long?>("select max(nonce) from settlement.batch where state <> 'displaced'");
    }

    public async Task MinedAsync(OpenBatch batch, TransactionReceipt receipt, Outcome outcome, CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        await connection.ExecuteAsync("""
            update settlement.batch
            set state = 'mined', transaction_hash = @TransactionHash, block_number = @number, block_hash = @BlockHash, gas_used = @gas
            where id = @Id
            """, new { batch.Id, receipt.TransactionHash, number = (long)receipt.BlockNumber, receipt.BlockHash, gas = (long)receipt.GasUsed });
        await connection.ExecuteAsync("update settlement.batch_grant set outcome = @word where batch = @Id and position = @position",
            outcome.Grants.Select((word, position) => new { batch.Id, word, position }));
        await connection.ExecuteAsync("update settlement.batch_claim set outcome = @word, claimed = @Claimed where batch = @Id and position = @position",
            outcome.Claims.Select((claim, position) => new { batch.Id, word = claim.Outcome, claim.Claimed, position }));
        await connection.ExecuteAsync("update settlement.batch_statement set outcome = @word where batch = @Id and position = @position",
            outcome.Statements.Select((word, position) => new { batch.Id, word, position }));
        await transaction.CommitAsync(stop);
    }

    /// <summary>Its block went away: it is as if it had never been mined.</summary>
    public async Task ReopenAsync(long batch, CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        await connection.ExecuteAsync("""
            update settlement.batch set state = 'open', transaction_hash = null, block_number = null, block_hash = null, gas_used = null where id = @batch;
            update settlement.batch_grant set outcome = null where batch = @batch;
            update settlement.batch_claim set outcome = null, claimed = null where batch = @batch;
            update settlement.batch_statement set outcome = null where batch = @batch
            """, new { batch });
        await transaction.CommitAsync(stop);
    }

    public async Task DisplacedAsync(long batch, CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        await connection.ExecuteAsync("update settlement.batch set state = 'displaced' where id = @batch", new { batch });
    }

    /// <summary>Books what a final batch did: what was paid and settled waits no more, what was skipped is put off or given up.</summary>
    public async Task FinalAsync(long batch, DateTimeOffset retryAt, CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        await connection.ExecuteAsync("""
            update settlement.batch b
            set state = case when exists (
                select 1 from settlement.batch_claim c where c.batch = b.id and c.outcome = 'reverted'
                union all select 1 from settlement.batch_statement s where s.batch = b.id and s.outcome = 'reverted') then 'failed' else 'final' end
            where id = @batch;

            update settlement.voucher v
            set claimed = greatest(v.claimed, coalesce(c.claimed, case when c.outcome = 'NothingNew' then c.cumulative end, v.claimed)),
              skipped = case when v.cumulative > c.cumulative or c.outcome in ('settled', 'partly') then null else c.outcome end,
              retry_at = case
                when v.cumulative > c.cumulative or c.outcome in ('settled', 'partly', 'NothingNew') then null
                when c.outcome in ('BadSignature', 'UnknownNode') then 'infinity'::timestamptz
                else @retryAt end
            from settlement.batch_claim c
            where c.batch = @batch and v.payer = c.payer and v.node = c.node;

            update settlement.statement s
            set settled_by = case when i.outcome = 'settled' then b.transaction_hash end,
              skipped = case when i.outcome = 'settled' then null else i.outcome end,
              retry_at = case
                when i.outcome = 'settled' then null
                when i.outcome in ('RingFull', 'reverted', 'OutOfSequence') then @retryAt
                else 'infinity'::timestamptz end
            from settlement.batch_statement i
            join settlement.batch b on b.id = i.batch
            where i.batch = @batch and s.node = i.node and s.first_sequence = i.first_sequence;

            update settlement.spender_grant g
            set skipped = i.outcome
            from settlement.batch_grant i
            where i.batch = @batch and i.outcome not in ('settled', 'reverted', 'NotNewer') and g.payer = i.payer and g.spender = i.spender
            """, new { batch, retryAt });
        await transaction.CommitAsync(stop);
    }

    static async Task<OpenBatch> ReadAsync(NpgsqlConnection connection, BatchRow row)
    {
        using var results = await connection.QueryMultipleAsync("""
            select attempt, raw, created_at from settlement.transaction where batch = @Id order by attempt;
            select payer, spender from settlement.batch_grant where batch = @Id order by position;
            select payer, node, cumulative from settlement.batch_claim where batch = @Id order by position;
            select node, first_sequence from settlement.batch_statement where batch = @Id order by position
            """, new { row.Id });
        var attempts = (await results.ReadAsync<(int Number, byte[] Raw, DateTimeOffset At)>()).Select(one => new Attempt(one.Number, SignedTransaction.Decode(one.Raw), one.At)).ToArray();
        var items = new BatchItems(
            [.. await results.ReadAsync<(Address, Address)>()],
            [.. await results.ReadAsync<(Address, Address, TokenAmount)>()],
            [.. (await results.ReadAsync<(Address Node, long First)>()).Select(one => (one.Node, (ulong)one.First))]);
        MinedAt? block = row.TransactionHash is { } hash ? new MinedAt(hash, (ulong)row.BlockNumber!.Value, row.BlockHash!.Value) : null;
        return new OpenBatch(row.Id, (ulong)row.Nonce, row.State == "mined" ? BatchState.Mined : BatchState.Open, attempts, items, block);
    }

    static Task InsertAsync(NpgsqlConnection connection, long batch, Attempt attempt) => connection.ExecuteAsync("""
        insert into settlement.transaction (hash, batch, attempt, raw, max_fee, priority_fee, created_at)
        values (@Hash, @batch, @Number, @Raw, @max, @tip, @At)
        """, new { attempt.Signed.Hash, batch, attempt.Number, attempt.Signed.Raw, max = new TokenAmount(attempt.Fee.Max), tip = new TokenAmount(attempt.Fee.Tip), attempt.At });

    sealed record BatchRow(long Id, long Nonce, string State, Bytes32? TransactionHash, long? BlockNumber, Bytes32? BlockHash);
}
