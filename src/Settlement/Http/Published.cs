using Dapper;
using Npgsql;
using ProofMesh.Protocol;

namespace ProofMesh.Settlement;

/// <summary>What was published, for whoever asks: proofs and batches.</summary>
sealed class Published(NpgsqlDataSource database)
{
    sealed record Found(byte[] Content, Address Node, long Sequence, Bytes32? SettledBy, Bytes32? Mined, string State);

    /// <summary>The receipt of a request with its proof; of several (a request that failed over) the one that was completed.</summary>
    /// <param name="node">Null for any.</param>
    public async Task<PublishedReceipt?> ReceiptAsync(Bytes32 requestId, Address? node, CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        var found = await connection.QueryAsync<Found>("""
            select b.content, r.node, r.sequence, s.settled_by, t.transaction_hash as mined,
              case when s.settled_by is not null then 'final' else coalesce(t.state, 'waiting') end as state
            from settlement.receipt r
            join settlement.receipt_batch b on b.root = r.root
            join settlement.statement s on s.root = r.root
            left join lateral (
              select c.transaction_hash, c.state
              from settlement.batch_statement i
              join settlement.batch c on c.id = i.batch
              where i.node = s.node and i.first_sequence = s.first_sequence and c.state in ('open', 'mined', 'final') and (i.outcome is null or i.outcome = 'settled')
              order by c.id desc
              limit 1) t on true
            where r.request_id = @requestId and (@node::bytea is null or r.node = @node)
            order by r.sequence desc
            limit 8
            """, new { requestId, node });
        return found.Select(Open).OrderBy(one => one.Proof.Receipt.Receipt.Status).FirstOrDefault();
    }

    public async Task<byte[]?> BatchAsync(Bytes32 root, CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        return await connection.QuerySingleOrDefaultAsync<byte[]>("select content from settlement.receipt_batch where root = @root", new { root });
    }

    public async Task<IReadOnlyList<(long Number, Bytes32 Root)>> RootsAsync(long after, int most, CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        return [.. await connection.QueryAsync<(long, Bytes32)>("select number, root from settlement.receipt_batch where number > @after order by number limit @most", new { after, most })];
    }

    static PublishedReceipt Open(Found found)
    {
        var batch = ReceiptBatch.Decode(found.Content);
        var proof = batch.Proof((int)((ulong)found.Sequence - batch.Statement.Statement.FirstSequence));
        var by = found.SettledBy is { IsZero: false } settled ? settled : found.Mined;
        return new PublishedReceipt(proof, found.Node, by, found.State);
    }
}
