using Dapper;
using Npgsql;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>Finds out whose request it is, with what it may spend, in one read.</summary>
sealed class Callers(NpgsqlDataSource database, Spender spender, TimeProvider time)
{
    const string ByKey = """
        select k.payer, k.id as api_key, g.cap, g.valid_until, g.epoch as grant_epoch, g.signature, g.left_to_spend, a.epoch, a.level
        from api_key k
        left join payer_account a on a.payer = k.payer
        left join payer_grant g on g.payer = k.payer and g.spender = @spender
        where k.hash = @hash and k.revoked_at is null and (k.expires_at is null or k.expires_at > @now)
        """;

    const string BySession = """
        select s.wallet as payer, null::bigint as api_key, g.cap, g.valid_until, g.epoch as grant_epoch, g.signature, g.left_to_spend, a.epoch, a.level
        from wallet_session s
        left join payer_account a on a.payer = s.wallet
        left join payer_grant g on g.payer = s.wallet and g.spender = @spender
        where s.hash = @hash and s.expires_at > @now
        """;

    /// <summary>The caller of a request with an API key or a session token; null for neither.</summary>
    public Task<Caller?> FindAsync(HttpRequest request, CancellationToken stop) => FindAsync(Token(request), stop);

    /// <summary>The wallet that signed in; an API key isn't enough to manage keys and grants.</summary>
    public async Task<Caller?> WalletAsync(HttpRequest request, CancellationToken stop) =>
        Token(request) is { } token && token.StartsWith(Secret.SessionPrefix, StringComparison.Ordinal) ? await FindAsync(token, stop) : null;

    async Task<Caller?> FindAsync(string? token, CancellationToken stop)
    {
        if (token is null) return null;
        var sql = token.StartsWith(Secret.SessionPrefix, StringComparison.Ordinal) ? BySession : ByKey;
        await using var connection = await database.OpenConnectionAsync(stop);
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new(sql, new { hash = Secret.Hash(token), spender = spender.Address, now = time.GetUtcNow() }, cancellationToken: stop));
        return row?.Caller(spender.Address);
    }

    static string? Token(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        const string scheme = "Bearer ";
        return header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) && header.Length is > 10 and < 200 ? header[scheme.Length..].Trim() : null;
    }

    sealed record Row
    {
        public Address Payer { get; init; }
        public long? Api_Key { get; init; }
        public TokenAmount? Cap { get; init; }
        public ulong? Valid_Until { get; init; }
        public uint? Grant_Epoch { get; init; }
        public Signature? Signature { get; init; }
        public TokenAmount? Left_To_Spend { get; init; }
        public uint? Epoch { get; init; }
        public int? Level { get; init; }

        public Caller Caller(Address spender)
        {
            var grant = Cap is { } cap ? new SignedGrant(new(Payer, spender, cap, Valid_Until!.Value, Grant_Epoch!.Value), Signature!.Value) : null;
            return new(Payer, Api_Key, grant, Left_To_Spend ?? TokenAmount.Zero, Epoch ?? 0, (Level)(Level ?? 0));
        }
    }
}
