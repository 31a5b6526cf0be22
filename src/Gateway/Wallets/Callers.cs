using System.Collections.Concurrent;
using Dapper;
using Npgsql;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>Finds out whose request it is, with what it may spend, in one read; who came with a key lately is read anew each second.</summary>
sealed class Callers(NpgsqlDataSource database, Spender spender, TimeProvider time)
{
    /// <summary>How old a reading may be, and how long one is renewed after the last request.</summary>
    static readonly TimeSpan Fresh = TimeSpan.FromSeconds(3), Renewed = TimeSpan.FromMinutes(3);

    const int MostKnown = 10_000;

    const string ByKey = """
        select k.hash, k.payer, k.id as api_key, g.cap, g.valid_until, g.epoch as grant_epoch, g.signature, g.left_to_spend, a.epoch, a.level,
          greatest(least(a.available, g.left_to_spend - a.reserved - a.unsettled, k.cap - k.used), 0) as room
        from api_key k
        left join payer_account a on a.payer = k.payer
        left join payer_grant g on g.payer = k.payer and g.spender = @spender
        where k.hash = any(@hashes) and k.revoked_at is null and (k.expires_at is null or k.expires_at > @now)
        """;

    const string BySession = """
        select s.hash, s.wallet as payer, null::bigint as api_key, g.cap, g.valid_until, g.epoch as grant_epoch, g.signature, g.left_to_spend, a.epoch, a.level,
          greatest(least(a.available, g.left_to_spend - a.reserved - a.unsettled), 0) as room
        from wallet_session s
        left join payer_account a on a.payer = s.wallet
        left join payer_grant g on g.payer = s.wallet and g.spender = @spender
        where s.hash = any(@hashes) and s.expires_at > @now
        """;

    readonly ConcurrentDictionary<Bytes32, Reading> known = new();

    /// <summary>The caller of a request with an API key or a session token; null for neither.</summary>
    public Task<Caller?> FindAsync(HttpRequest request, CancellationToken stop) => FindAsync(Token(request), stop);

    /// <summary>The wallet that signed in; an API key isn't enough to manage keys and grants.</summary>
    public async Task<Caller?> WalletAsync(HttpRequest request, CancellationToken stop) =>
        Token(request) is { } token && !IsKey(token) ? await FindAsync(token, stop) : null;

    /// <summary>The same as <see cref="FindAsync(HttpRequest, CancellationToken)"/>, but what is known of an API key may be some seconds old.</summary>
    /// <remarks>Good enough to begin an answer: the reservation asks for the key again, and nothing is signed before it stands.</remarks>
    public async ValueTask<Caller?> KnownAsync(HttpRequest request, CancellationToken stop)
    {
        if (Token(request) is not { } token || !IsKey(token)) return await FindAsync(request, stop);
        var hash = Secret.Hash(token);
        if (known.TryGetValue(hash, out var reading) && time.GetElapsedTime(reading.At) < Fresh)
        {
            reading.Used = time.GetTimestamp();
            return reading.Caller;
        }
        if (await FindAsync(token, stop) is not { } caller) return null;
        if (known.Count < MostKnown) known[hash] = new Reading(caller, time.GetTimestamp());
        return caller;
    }

    /// <summary>An API key was revoked here.</summary>
    public void Forget(long apiKey)
    {
        foreach (var (hash, reading) in known)
            if (reading.Caller.ApiKey == apiKey) known.TryRemove(hash, out _);
    }

    /// <summary>Reads anew who came lately, and forgets the others.</summary>
    public async Task RenewAsync(CancellationToken stop)
    {
        foreach (var (hash, reading) in known)
            if (time.GetElapsedTime(reading.Used) > Renewed) known.TryRemove(hash, out _);
        var hashes = known.Keys.ToArray();
        if (hashes.Length == 0) return;
        var at = time.GetTimestamp();
        var rows = (await ReadAsync(ByKey, hashes, stop)).ToDictionary(row => row.Hash);
        foreach (var hash in hashes)
            if (!rows.TryGetValue(hash, out var row)) known.TryRemove(hash, out _);
            else if (known.TryGetValue(hash, out var old)) known[hash] = new Reading(row.Caller(spender.Address), at) { Used = old.Used };
    }

    async Task<Caller?> FindAsync(string? token, CancellationToken stop) =>
        token is null ? null : (await ReadAsync(IsKey(token) ? ByKey : BySession, [Secret.Hash(token)], stop)).SingleOrDefault()?.Caller(spender.Address);

    async Task<IEnumerable<Row>> ReadAsync(string sql, Bytes32[] hashes, CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        return await connection.QueryAsync<Row>(new(sql, new { hashes = hashes.Select(hash => hash.ToArray()).ToArray(), spender = spender.Address, now = time.GetUtcNow() }, cancellationToken: stop));
    }

    static bool IsKey(string token) => !token.StartsWith(Secret.SessionPrefix, StringComparison.Ordinal);

    static string? Token(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        const string scheme = "Bearer ";
        return header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) && header.Length is > 10 and < 200 ? header[scheme.Length..].Trim() : null;
    }

    sealed record Reading(Caller Caller, long At)
    {
        public long Used { get; set; } = At;
    }

    sealed record Row
    {
        public Bytes32 Hash { get; init; }
        public Address Payer { get; init; }
        public long? Api_Key { get; init; }
        public TokenAmount? Cap { get; init; }
        public ulong? Valid_Until { get; init; }
        public uint? Grant_Epoch { get; init; }
        public Signature? Signature { get; init; }
        public TokenAmount? Left_To_Spend { get; init; }
        public uint? Epoch { get; init; }
        public int? Level { get; init; }
        public TokenAmount? Room { get; init; }

        public Caller Caller(Address spender)
        {
            var grant = Cap is { } cap ? new SignedGrant(new(Payer, spender, cap, Valid_Until!.Value, Grant_Epoch!.Value), Signature!.Value) : null;
            return new(Payer, Api_Key, grant, Left_To_Spend ?? TokenAmount.Zero, Epoch ?? 0, (Level)(Level ?? 0), new Room(Room ?? TokenAmount.Zero));
        }
    }
}
