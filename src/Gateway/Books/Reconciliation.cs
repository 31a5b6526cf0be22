using Dapper;
using Npgsql;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>Brings the books to what the mirror of the chain says: deposits, thaws, withdrawals, claims.</summary>
sealed class Reconciliation(NpgsqlDataSource database)
{
    /// <summary>Afterwards available + reserved + unsettled is the payer's credit, claimed is the chain's for each pair, and epoch, level and what is left of grants are the chain's too.</summary>
    public async Task ApplyAsync(Address payer, CancellationToken stop)
    {
        const string lockAccount = """
            insert into payer_account (payer) values (@payer) on conflict do nothing;
            select payer from payer_account where payer = @payer for update
            """;
        const string apply = """
            with claims as (
              select p.node, p.claimed, p.owed, coalesce(c.claimed, 0) as now
              from pair_account p
              left join chain.pair c on c.payer = p.payer and c.node = p.node
              where p.payer = @payer and p.claimed <> coalesce(c.claimed, 0)
            ),
            pairs as (
              update pair_account p
              set claimed = c.now, owed = greatest(p.owed, c.now),
                signature = case when c.now > p.owed then null else p.signature end
              from claims c
              where p.payer = @payer and p.node = c.node
            ),
            sums as (
              select coalesce(sum(greatest(now - owed, 0)), 0) as raised, coalesce(sum(now - claimed), 0) as moved
              from claims
            ),
            change as (
              select
                coalesce(c.available, 0) - a.reserved - (a.unsettled + s.raised - s.moved) - a.available as available,
                s.raised - s.moved as unsettled,
                s.moved as settled,
                s.raised
              from payer_account a
              cross join sums s
              left join chain.payer c on c.payer = a.payer
              where a.payer = @payer
            ),
            moved as (
              update payer_account a
              set available = a.available + c.available, unsettled = a.unsettled + c.unsettled, settled = a.settled + c.settled,
                epoch = coalesce((select epoch from chain.payer where payer = @payer), 0),
                level = coalesce((select level from chain.provider where provider = @payer), 0)
              from change c
              where a.payer = @payer
            ),
            grants as (
              update payer_grant g
              set left_to_spend = coalesce((
                select r.left_to_spend
                from chain.grant r
                where r.payer = g.payer and r.spender = g.spender and r.cap = g.cap and r.valid_until = g.valid_until and r.epoch = g.epoch), g.cap)
              where g.payer = @payer
            ),
            entry as (
              select nextval('entry_number') as number
              from change
              where (available, unsettled, settled) <> (0, 0, 0)
            )
            insert into posting (entry, owner, book, amount, reason)
            select number, b.owner, b.book::book, b.amount, case when c.settled = 0 then 'chain' else 'settle' end
            from entry
            cross join change c
            cross join lateral (
              values
                (@payer, 'available', c.available),
                (@payer, 'unsettled', c.unsettled),
                (@payer, 'settled', c.settled),
                (@house, 'house', -c.available - c.unsettled - c.settled - c.raised)
              union all
              select node, 'earned', now - owed from claims where now > owed) b (owner, book, amount)
            where b.amount <> 0
            """;
        await using var connection = await database.OpenConnectionAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        // Two statements: the second must see the chain as it is once the account is ours.
        await connection.ExecuteAsync(new(lockAccount, new { payer }, transaction, cancellationToken: stop));
        await connection.ExecuteAsync(new(apply, new { payer, house = Address.Zero }, transaction, cancellationToken: stop));
        await transaction.CommitAsync(stop);
    }

    /// <summary>The payers of whom the chain says something else than the books.</summary>
    public async Task<int> ApplyAllAsync(CancellationToken stop)
    {
        const string sql = """
            select a.payer
            from payer_account a
            left join chain.payer c on c.payer = a.payer
            where a.available + a.reserved + a.unsettled <> coalesce(c.available, 0) or a.epoch <> coalesce(c.epoch, 0)
            union
            select p.payer
            from pair_account p
            left join chain.pair c on c.payer = p.payer and c.node = p.node
            where p.claimed <> coalesce(c.claimed, 0)
            limit 1000
            """;
        await using var connection = await database.OpenConnectionAsync(stop);
        var payers = (await connection.QueryAsync<Address>(new(sql, cancellationToken: stop))).AsList();
        foreach (var payer in payers) await ApplyAsync(payer, stop);
        return payers.Count;
    }
}
