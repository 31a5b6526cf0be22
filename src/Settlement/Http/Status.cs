using Dapper;
using Npgsql;
using ProofMesh.Protocol;

namespace ProofMesh.Settlement;

sealed record NodeStatus(Address Node, ulong AcceptedSequence, ulong FinalSequence);

sealed record OutboxStatus(long WaitingVouchers, TokenAmount WaitingUnits, long WaitingStatements, long OpenBatches, long MinedBatches, long FinalBatches, long FailedBatches, long PublishedReceipts);

sealed record BatchStatus(long Id, long Nonce, string State, Bytes32? Transaction, long? Block, long? GasUsed, int Attempts, int Grants, int Claims, int Statements, int Skipped, DateTimeOffset CreatedAt);

sealed record SkippedItem(string Kind, Address Node, Address? Payer, long? FirstSequence, string Reason);

/// <summary>What the outbox holds, as numbers and lists.</summary>
sealed class Status(NpgsqlDataSource database)
{
    public async Task<OutboxStatus> OutboxAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        return await connection.QuerySingleAsync<OutboxStatus>("""
            select
              (select count(*) from settlement.voucher where cumulative > claimed) as waiting_vouchers,
              (select least(coalesce(sum(cumulative - claimed), 0), 340282366920938463463374607431768211455) from settlement.voucher) as waiting_units,
              (select count(*) from settlement.statement where settled_by is null) as waiting_statements,
              count(*) filter (where state = 'open') as open_batches,
              count(*) filter (where state = 'mined') as mined_batches,
              count(*) filter (where state = 'final') as final_batches,
              count(*) filter (where state in ('failed', 'displaced')) as failed_batches,
              (select coalesce(sum(receipts), 0)::bigint from settlement.receipt_batch) as published_receipts
            from settlement.batch
            """);
    }

    public async Task<NodeStatus> NodeAsync(Address node, CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        var (accepted, final) = await connection.QuerySingleAsync<(long, long)>("""
            select coalesce(max(last_sequence), 0), coalesce(max(last_sequence) filter (where settled_by is not null), 0)
            from settlement.statement
            where node = @node
            """, new { node });
        return new NodeStatus(node, (ulong)accepted, (ulong)final);
    }

    /// <summary>The newest batches first.</summary>
    public async Task<IEnumerable<BatchStatus>> BatchesAsync(int most, CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        return await connection.QueryAsync<BatchStatus>("""
            select
              b.id, b.nonce, b.state, b.transaction_hash as transaction, b.block_number as block, b.gas_used,
              (select count(*)::integer from settlement.transaction where batch = b.id) as attempts,
              (select count(*)::integer from settlement.batch_grant where batch = b.id) as grants,
              (select count(*)::integer from settlement.batch_claim where batch = b.id) as claims,
              (select count(*)::integer from settlement.batch_statement where batch = b.id) as statements,
              (select count(*)::integer from (
                select outcome from settlement.batch_grant where batch = b.id
                union all select outcome from settlement.batch_claim where batch = b.id
                union all select outcome from settlement.batch_statement where batch = b.id) i
                where outcome not in ('settled', 'partly')) as skipped,
              b.created_at
            from settlement.batch b
            order by b.id desc
            limit @most
            """, new { most });
    }

    /// <summary>What waits for another reason than its age: the contract skipped it, or would skip it now.</summary>
    public async Task<IEnumerable<SkippedItem>> SkippedAsync(int most, CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        return await connection.QueryAsync<SkippedItem>("""
            select kind, node, payer, first_sequence, reason
            from (
              select 'claim' as kind, node::bytea as node, payer::bytea as payer, null::bigint as first_sequence, skipped as reason, received_at
              from settlement.voucher where skipped is not null
              union all
              select 'statement', node, null, first_sequence, skipped, received_at
              from settlement.statement where skipped is not null) s
            order by received_at desc
            limit @most
            """, new { most });
    }
}
