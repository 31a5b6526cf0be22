using Dapper;
using Npgsql;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>The gateway's double entry: every change is one statement, and every statement's postings sum to zero.</summary>
/// <remarks>The row of the payer's account is locked first in each, so that what belongs to one payer happens in one order.</remarks>
sealed class Books(NpgsqlDataSource database, Boot boot)
{
    /// <summary>Moves the ceiling from available to reserved and opens the request, or says why not.</summary>
    /// <remarks>
    /// It doesn't wait for the disk, as vouchers do: a reservation that a crash of Postgres swallows takes its request along, so
    /// that no voucher can be booked for it and none is sent.
    /// </remarks>
    public async Task<BookFault> ReserveAsync(Reservation wanted, CancellationToken stop)
    {
        const string sql = """
            with account as (
              select payer
              from payer_account
              where payer = @Payer
              for update
            ),
            key as (
              select k.id
              from account
              join api_key k on k.id = @ApiKey
              where k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
                and (k.cap is null or k.used + @Ceiling <= k.cap)
              for update of k
            ),
            held as (
              update payer_account a
              set available = a.available - @Ceiling, reserved = a.reserved + @Ceiling
              from account
              where a.payer = account.payer
                and a.available >= @Ceiling
                and a.reserved + a.unsettled + @Ceiling <= @Headroom
                and (@ApiKey::bigint is null or exists (select from key))
              returning a.payer
            ),
            used as (
              update api_key k
              set used = k.used + @Ceiling
              from held
              where k.id = @ApiKey
            ),
            opened as (
              insert into request (id, payer, boot, api_key, model, ceiling, client_nonce, salt)
              select @Request, payer, @Boot, @ApiKey, @Model, @Ceiling, @ClientNonce, @Salt
              from held
            ),
            entry as (
              select nextval('entry_number') as number
              from held
            ),
            posted as (
              insert into posting (entry, owner, book, amount, reason, request)
              select number, @Payer, b.book::book, b.amount, 'reserve', @Request
              from entry
              cross join (values ('available', -@Ceiling), ('reserved', @Ceiling)) b (book, amount)
              where b.amount <> 0
            )
            select (select count(*) from held), set_config('synchronous_commit', 'off', true)
            """;
        await using var connection = await database.OpenConnectionAsync(stop);
        try
        {
            var arguments = new { wanted.Payer, wanted.ApiKey, wanted.Request, boot = boot.Id, wanted.Model, wanted.Ceiling, wanted.Headroom, wanted.ClientNonce, wanted.Salt };
            return await connection.ExecuteScalarAsync<long>(new(sql, arguments, cancellationToken: stop)) == 1 ? BookFault.None : await WhyNotAsync(connection, wanted, stop);
        }
        catch (PostgresException fault) when (fault is { SqlState: PostgresErrorCodes.UniqueViolation, TableName: "request" })
        {
            return BookFault.Replayed;
        }
    }

    static async Task<BookFault> WhyNotAsync(NpgsqlConnection connection, Reservation wanted, CancellationToken stop)
    {
        const string sql = """
            select
              coalesce((select available >= @Ceiling from payer_account where payer = @Payer), false),
              coalesce((select reserved + unsettled + @Ceiling <= @Headroom from payer_account where payer = @Payer), true),
              @ApiKey::bigint is null or exists (
                select from api_key where id = @ApiKey and revoked_at is null and (expires_at is null or expires_at > now()))
            """;
        var (funded, granted, valid) = await connection.QuerySingleAsync<(bool, bool, bool)>(new(sql, new { wanted.Payer, wanted.Ceiling, wanted.Headroom, wanted.ApiKey }, cancellationToken: stop));
        return !valid ? BookFault.KeyEnded : !funded ? BookFault.InsufficientFunds : !granted ? BookFault.GrantExhausted : BookFault.KeyExhausted;
    }

    /// <summary>Writes a signed voucher down, before it is sent: its rise moves to unsettled. With an ending the rest of the reservation is given back.</summary>
    /// <param name="rise">What the voucher adds for this request; what it adds beyond was another spender's.</param>
    /// <returns>False when the request isn't open any more: then the voucher must not be sent.</returns>
    public async Task<bool> PayAsync(Bytes32 request, SignedVoucher signed, TokenAmount rise, Ending? ending, CancellationToken stop)
    {
        const string sql = """
            with account as (
              select payer
              from payer_account
              where payer = @Payer
              for update
            ),
            open as (
              select r.id, r.api_key, r.ceiling - r.booked as held
              from account
              join request r on r.payer = account.payer
              where r.id = @request and r.boot = @Boot and r.status = 'open'
              for update of r
            ),
            pair as (
              select p.owed
              from open
              join pair_account p on p.payer = @Payer and p.node = @Node
              for update of p
            ),
            change as (
              select m.*, case when @closed then open.held - m.mine else 0 end as rest, open.api_key
              from open
              cross join pair
              cross join lateral (select
                greatest(@Cumulative - pair.owed, 0) as total,
                least(greatest(@Cumulative - pair.owed, 0), open.held, @rise) as mine) m
            ),
            owed as (
              update pair_account p
              set owed = p.owed + c.total,
                receipt = case when @Cumulative >= p.owed then @Receipt else p.receipt end,
                signature = case when @Cumulative >= p.owed then @Signature else p.signature end,
                sequence = greatest(p.sequence, @sequence),
                receipted = case when @sequence > p.sequence then @receipted else p.receipted end
              from change c
              where p.payer = @Payer and p.node = @Node
            ),
            moved as (
              update payer_account a
              set available = a.available + c.rest - (c.total - c.mine), reserved = a.reserved - c.mine - c.rest, unsettled = a.unsettled + c.total
              from change c
              where a.payer = @Payer
            ),
            booked as (
              update request r
              set booked = r.booked + c.mine,
                status = coalesce(@status, r.status), fault = @fault, node = @Node, provider = coalesce(@provider, r.provider),
                receipt = @receiptBytes, receipt_signature = @receiptSignature, receipt_hash = @receiptHash,
                ended_at = case when @closed then now() end
              from change c
              where r.id = @request
            ),
            used as (
              update api_key k
              set used = k.used - c.rest
              from change c
              where k.id = c.api_key
            ),
            entry as (
              select nextval('entry_number') as number
              from change
            ),
            posted as (
              insert into posting (entry, owner, book, amount, reason, request)
              select number, b.owner, b.book::book, b.amount, 'voucher', @request
              from entry
              cross join change c
              cross join lateral (values
                (@Payer, 'available', c.rest - (c.total - c.mine)),
                (@Payer, 'reserved', -c.mine - c.rest),
                (@Payer, 'unsettled', c.total),
                (@Node, 'earned', c.total),
                (@house, 'house', -c.total)) b (owner, book, amount)
              where b.amount <> 0
            )
            select count(*) from change
            """;
        var voucher = signed.Voucher;
        var receipt = ending?.Receipt;
        var arguments = new
        {
            request,
            boot = boot.Id,
            voucher.Payer,
            voucher.Node,
            voucher.Cumulative,
            voucher.Receipt,
            signed.Signature,
            rise,
            closed = ending is not null,
            status = ending?.Status,
            fault = ending?.Fault,
            provider = ending?.Provider?.ToArray(),
            sequence = receipt?.Receipt.Sequence ?? 0,
            receipted = receipt?.Receipt.Cumulative ?? TokenAmount.Zero,
            receiptBytes = receipt?.Receipt.ToBinary(),
            receiptSignature = receipt?.Signature.ToArray(),
            receiptHash = receipt?.Receipt.StructHash().ToArray(),
            house = Address.Zero,
        };
        await using var connection = await database.OpenConnectionAsync(stop);
        return await connection.ExecuteScalarAsync<long>(new(sql, arguments, cancellationToken: stop)) == 1;
    }

    /// <summary>Ends a request that no further voucher pays: what is still reserved is available again.</summary>
    public async Task ReleaseAsync(Bytes32 request, Address payer, Ending ending, CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        await connection.ExecuteAsync(new(Release, new { request, payer, boot = boot.Id, ending.Fault, node = ending.Node?.ToArray(), provider = ending.Provider?.ToArray() }, cancellationToken: stop));
    }

    /// <summary>Ends what gateways left open that are gone. What their vouchers paid stays paid, the rest is given back.</summary>
    /// <returns>How many requests were ended.</returns>
    public async Task<int> ReleaseOrphansAsync(CancellationToken stop)
    {
        const string sql = """
            select r.id, r.payer, r.boot
            from request r
            where r.status = 'open'
              and not exists (select from gateway_lease l where l.boot = r.boot and l.seen_at > now() - interval '30 seconds')
            limit 1000
            """;
        await using var connection = await database.OpenConnectionAsync(stop);
        var orphans = (await connection.QueryAsync<(Bytes32 Id, Address Payer, Guid Boot)>(new(sql, cancellationToken: stop))).AsList();
        foreach (var (request, payer, owner) in orphans)
            await connection.ExecuteAsync(new(Release, new { request, payer, boot = owner, fault = "GatewayEnded", node = (byte[]?)null, provider = (byte[]?)null }, cancellationToken: stop));
        return orphans.Count;
    }

    const string Release = """
        with account as (
          select payer
          from payer_account
          where payer = @payer
          for update
        ),
        open as (
          select r.id, r.api_key, r.ceiling - r.booked as held, r.booked
          from account
          join request r on r.payer = account.payer
          where r.id = @request and r.boot = @boot and r.status = 'open'
          for update of r
        ),
        moved as (
          update payer_account a
          set available = a.available + open.held, reserved = a.reserved - open.held
          from open
          where a.payer = @payer
        ),
        closed as (
          update request r
          set status = case when open.booked > 0 then 'partly' else 'unserved' end, fault = @fault,
            node = coalesce(@node, r.node), provider = coalesce(@provider, r.provider), ended_at = now()
          from open
          where r.id = open.id
        ),
        used as (
          update api_key k
          set used = k.used - open.held
          from open
          where k.id = open.api_key
        ),
        entry as (
          select nextval('entry_number') as number
          from open
        ),
        posted as (
          insert into posting (entry, owner, book, amount, reason, request)
          select number, @payer, b.book::book, b.amount, 'release', @request
          from entry
          cross join open
          cross join lateral (values ('available', open.held), ('reserved', -open.held)) b (book, amount)
          where b.amount <> 0
        )
        select count(*) from open
        """;

    public async Task<Balance> BalanceAsync(Address payer, CancellationToken stop)
    {
        const string sql = "select available, reserved, unsettled, settled from payer_account where payer = @payer";
        await using var connection = await database.OpenConnectionAsync(stop);
        return await connection.QuerySingleOrDefaultAsync<Balance>(new(sql, new { payer }, cancellationToken: stop))
            ?? new(0, TokenAmount.Zero, TokenAmount.Zero, TokenAmount.Zero);
    }

    /// <summary>What must never be: a sentence for each.</summary>
    public async Task<string[]> FaultsAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        return (await connection.QueryAsync<string>(new("select fault from book_fault limit 100", cancellationToken: stop))).ToArray();
    }
}
