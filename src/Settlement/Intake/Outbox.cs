using Dapper;
using Npgsql;
using ProofMesh.Protocol;

namespace ProofMesh.Settlement;

readonly record struct StoredStatement(Address Node, ulong First, ulong Last, Bytes32 Root);

/// <summary>What nodes handed over and what still waits, in Postgres.</summary>
sealed class Outbox(NpgsqlDataSource database)
{
    public async Task<StoredStatement[]> StatementsAsync(Address[] nodes, CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        var rows = await connection.QueryAsync<(Address Node, long First, long Last, Bytes32 Root)>("""
            select node, first_sequence, last_sequence, root
            from settlement.statement
            where node = any(@nodes)
            """, new { nodes = nodes.Select(node => node.ToArray()).ToArray() });
        return [.. rows.Select(row => new StoredStatement(row.Node, (ulong)row.First, (ulong)row.Last, row.Root))];
    }

    public async Task<Dictionary<(Address Payer, Address Spender), Grant>> GrantsAsync(IReadOnlyList<(Address Payer, Address Spender)> pairs, CancellationToken stop)
    {
        var signed = await SignedGrantsAsync(pairs, stop);
        return signed.ToDictionary(entry => entry.Key, entry => entry.Value.Grant);
    }

    public async Task<Dictionary<(Address Payer, Address Spender), SignedGrant>> SignedGrantsAsync(IReadOnlyList<(Address Payer, Address Spender)> pairs, CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        var rows = await connection.QueryAsync<(Address Payer, Address Spender, TokenAmount Cap, ulong ValidUntil, uint Epoch, Signature Signature)>("""
            select g.payer, g.spender, g.cap, g.valid_until, g.epoch, g.signature
            from unnest(@payers::bytea[], @spenders::bytea[]) as p (payer, spender)
            join settlement.spender_grant g on g.payer = p.payer and g.spender = p.spender
            where g.skipped is null
            """, new { payers = pairs.Select(pair => pair.Payer.ToArray()).ToArray(), spenders = pairs.Select(pair => pair.Spender.ToArray()).ToArray() });
        return rows.ToDictionary(row => (row.Payer, row.Spender), row => new SignedGrant(new Grant(row.Payer, row.Spender, row.Cap, row.ValidUntil, row.Epoch), row.Signature));
    }

    public async Task StoreAsync(Accepted accepted, DateTimeOffset now, CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        foreach (var signed in accepted.Grants) await StoreAsync(connection, signed, now);
        foreach (var voucher in accepted.Vouchers) await StoreAsync(connection, voucher, now);
        foreach (var batch in accepted.Batches) await StoreAsync(connection, batch, now, stop);
        await transaction.CommitAsync(stop);
    }

    /// <summary>Vouchers with something unpaid that are not put off, the oldest first.</summary>
    public async Task<IReadOnlyList<(SignedVoucher Signed, Address Signer, TokenAmount Claimed, DateTimeOffset Since)>> WaitingVouchersAsync(DateTimeOffset now, int most, CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        var rows = await connection.QueryAsync<VoucherRow>("""
            select payer, node, cumulative, receipt, signature, signer, claimed, received_at
            from settlement.voucher
            where cumulative > claimed and (retry_at is null or retry_at <= @now)
            order by received_at
            limit @most
            """, new { now, most });
        return [.. rows.Select(row => (new SignedVoucher(new Voucher(row.Payer, row.Node, row.Cumulative, row.Receipt), row.Signature), row.Signer, row.Claimed, row.ReceivedAt))];
    }

    public async Task<IReadOnlyList<(SignedStatement Signed, Address Node, DateTimeOffset Since)>> WaitingStatementsAsync(DateTimeOffset now, int most, CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        var rows = await connection.QueryAsync<StatementRow>("""
            select node, first_sequence, last_sequence, provider, root, top, completed, tokens, fees, points, signature, received_at
            from settlement.statement
            where settled_by is null and (retry_at is null or retry_at <= @now)
            order by received_at, first_sequence
            limit @most
            """, new { now, most });
        return [.. rows.Select(row => (row.Signed(), row.Node, row.ReceivedAt))];
    }

    /// <summary>Puts vouchers off that the chain would not pay now; a newer voucher of the pair ends that.</summary>
    public async Task HoldAsync(IEnumerable<HeldClaim> held, DateTimeOffset until, CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        await connection.ExecuteAsync("""
            update settlement.voucher
            set skipped = @Reason, retry_at = @until
            where payer = @Payer and node = @Node and cumulative = @Cumulative
            """, held.Select(one => new { one.Reason, until, one.Signed.Voucher.Payer, one.Signed.Voucher.Node, one.Signed.Voucher.Cumulative }));
    }

    /// <summary>Notes what the chain has paid, whoever submitted it.</summary>
    public async Task PaidAsync(IEnumerable<(Address Payer, Address Node, TokenAmount Claimed)> pairs, CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        await connection.ExecuteAsync("""
            update settlement.voucher
            set claimed = greatest(claimed, @Claimed), skipped = null, retry_at = null
            where payer = @Payer and node = @Node
            """, pairs.Select(pair => new { pair.Payer, pair.Node, pair.Claimed }));
    }

    /// <summary>Somebody else settled it, or another statement of the node took its sequences.</summary>
    public async Task SettledElsewhereAsync(Address node, Statement statement, bool superseded, CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        await connection.ExecuteAsync("""
            update settlement.statement
            set settled_by = case when @superseded then null else @elsewhere end,
              skipped = case when @superseded then 'Superseded' end,
              retry_at = case when @superseded then 'infinity'::timestamptz end
            where node = @node and first_sequence = @first
            """, new { node, first = (long)statement.FirstSequence, superseded, elsewhere = Bytes32.Zero.ToArray() });
    }

    static Task StoreAsync(NpgsqlConnection connection, SignedGrant signed, DateTimeOffset now) => connection.ExecuteAsync("""
        insert into settlement.spender_grant as g (payer, spender, cap, valid_until, epoch, signature, received_at)
        values (@Payer, @Spender, @Cap, @ValidUntil, @Epoch, @Signature, @now)
        on conflict (payer, spender) do update
        set cap = excluded.cap, valid_until = excluded.valid_until, epoch = excluded.epoch, signature = excluded.signature,
          received_at = excluded.received_at, skipped = null, retry_at = null
        where (excluded.epoch, excluded.valid_until) > (g.epoch, g.valid_until)
        """, new { signed.Grant.Payer, signed.Grant.Spender, signed.Grant.Cap, signed.Grant.ValidUntil, signed.Grant.Epoch, signed.Signature, now });

    static Task StoreAsync(NpgsqlConnection connection, AcceptedVoucher voucher, DateTimeOffset now) => connection.ExecuteAsync("""
        insert into settlement.voucher as v (payer, node, cumulative, receipt, signature, signer, received_at)
        values (@Payer, @Node, @Cumulative, @Receipt, @Signature, @Signer, @now)
        on conflict (payer, node) do update
        set cumulative = excluded.cumulative, receipt = excluded.receipt, signature = excluded.signature, signer = excluded.signer,
          received_at = case when v.claimed >= v.cumulative then excluded.received_at else v.received_at end, skipped = null, retry_at = null
        where excluded.cumulative > v.cumulative
        """, new { voucher.Signed.Voucher.Payer, voucher.Signed.Voucher.Node, voucher.Signed.Voucher.Cumulative, voucher.Signed.Voucher.Receipt, voucher.Signed.Signature, voucher.Signer, now });

    static async Task StoreAsync(NpgsqlConnection connection, AcceptedBatch accepted, DateTimeOffset now, CancellationToken stop)
    {
        var (signed, statement) = (accepted.Batch.Statement, accepted.Batch.Statement.Statement);
        await connection.ExecuteAsync("""
            insert into settlement.statement (node, first_sequence, last_sequence, provider, root, top, completed, tokens, fees, points, signature, received_at)
            values (@Node, @First, @Last, @Provider, @Root, @Top, @Completed, @Tokens, @Fees, @Points, @Signature, @now);
            insert into settlement.receipt_batch (root, node, provider, receipts, content)
            values (@Root, @Node, @Provider, @Receipts, @Content)
            """, new
        {
            accepted.Node,
            First = (long)statement.FirstSequence,
            Last = (long)statement.LastSequence,
            statement.Provider,
            statement.Root,
            signed.Top,
            signed.Totals.Completed,
            signed.Totals.Tokens,
            signed.Totals.Fees,
            signed.Totals.Points,
            signed.Signature,
            now,
            Receipts = accepted.Batch.Receipts.Length,
            Content = accepted.Batch.Encode(),
        });
        await using var copy = await connection.BeginBinaryImportAsync("copy settlement.receipt (node, sequence, request_id, root) from stdin (format binary)", stop);
        foreach (var receipt in accepted.Batch.Receipts)
            await copy.WriteRowAsync(stop, accepted.Node.ToArray(), (long)receipt.Receipt.Sequence, receipt.Receipt.RequestId.ToArray(), statement.Root.ToArray());
        await copy.CompleteAsync(stop);
    }

    sealed record VoucherRow(Address Payer, Address Node, TokenAmount Cumulative, Bytes32 Receipt, Signature Signature, Address Signer, TokenAmount Claimed, DateTimeOffset ReceivedAt);
}
