using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Dapper;
using Npgsql;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>Where payers and nodes stand, as this gateway read it once and has paid since.</summary>
/// <remarks>
/// Other gateways may have signed more: what is told to a node from here is a hint, and what a receipt is held against is a
/// bound from below. What is paid stands in the books alone.
/// </remarks>
sealed class Pairs(NpgsqlDataSource database)
{
    const int Most = 100_000, AtOnce = 1_000;
    readonly ConcurrentDictionary<(Address Payer, Address Node), Pair> known = new();

    /// <summary>A pair that the books don't know begins here, at nothing owed.</summary>
    public async ValueTask<Pair> FindAsync(Address payer, Address node, CancellationToken stop)
    {
        if (known.TryGetValue((payer, node), out var pair)) return pair;
        const string sql = """
            with begun as (
              insert into pair_account (payer, node, owed, claimed)
              select @payer, @node, 0, 0
              where not exists (select from pair_account where payer = @payer and node = @node)
              on conflict do nothing
            )
            select owed, receipt, signature, sequence, receipted
            from pair_account
            where payer = @payer and node = @node
            """;
        await using var connection = await database.OpenConnectionAsync(stop);
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new(sql, new { payer, node }, cancellationToken: stop));
        return Keep(row is null
            ? new(payer, node, TokenAmount.Zero, null, null, 0, TokenAmount.Zero)
            : new(payer, node, row.Owed, row.Receipt, row.Signature, row.Sequence, row.Receipted));
    }

    /// <summary>The newest voucher of each payer for this node that the books haven't seen paid on chain, the largest sums first.</summary>
    public async IAsyncEnumerable<SignedVoucher[]> UnsettledAsync(Address node, [EnumeratorCancellation] CancellationToken stop)
    {
        const string sql = """
            select payer, owed, receipt, signature
            from pair_account
            where node = @node and owed > claimed and signature is not null
            order by owed - claimed desc
            limit @Most
            """;
        await using var connection = await database.OpenConnectionAsync(stop);
        var rows = await connection.QueryAsync<(Address Payer, TokenAmount Owed, Bytes32? Receipt, Signature Signature)>(new(sql, new { node, Most }, cancellationToken: stop));
        foreach (var part in rows.Select(row => new SignedVoucher(new(row.Payer, node, row.Owed, row.Receipt ?? Bytes32.Zero), row.Signature)).Chunk(AtOnce))
            yield return part;
    }

    /// <summary>A receipt was paid with this voucher.</summary>
    public void Paid(SignedVoucher signed, Receipt receipt)
    {
        var voucher = signed.Voucher;
        Keep(new(voucher.Payer, voucher.Node, voucher.Cumulative, voucher.Receipt, signed.Signature, receipt.Sequence, receipt.Cumulative));
    }

    Pair Keep(Pair pair)
    {
        if (known.Count > Most) known.Clear();
        return known.AddOrUpdate((pair.Payer, pair.Node), pair, (_, old) => old.Owed > pair.Owed ? old : pair);
    }

    sealed record Row
    {
        public TokenAmount Owed { get; init; }
        public Bytes32? Receipt { get; init; }
        public Signature? Signature { get; init; }
        public ulong Sequence { get; init; }
        public TokenAmount Receipted { get; init; }
    }
}
