using Dapper;
using Npgsql;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>An API key as its owner may see it again.</summary>
sealed record KeyView(long Id, string Name, string Prefix, TokenAmount? Cap, TokenAmount Used, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, string? Secret = null);

/// <summary>API keys of a wallet. The secret is shown once; its hash is kept.</summary>
sealed class Keys(NpgsqlDataSource database)
{
    public const int MostKeys = 100;
    const int PrefixLength = 10;

    /// <summary>Null when the wallet has too many keys.</summary>
    public async Task<KeyView?> CreateAsync(Address payer, string name, TokenAmount? cap, DateTimeOffset? expiresAt, CancellationToken stop)
    {
        const string sql = """
            insert into api_key (hash, payer, name, prefix, cap, expires_at)
            select @hash, @payer, @name, @prefix, @cap::numeric, @expiresAt::timestamptz
            where (select count(*) from api_key where payer = @payer and revoked_at is null) < @MostKeys
            returning id, created_at
            """;
        var secret = Secret.New(Secret.KeyPrefix);
        var prefix = secret[..PrefixLength];
        await using var connection = await database.OpenConnectionAsync(stop);
        var row = await connection.QuerySingleOrDefaultAsync<(long Id, DateTimeOffset CreatedAt)?>(new(sql, new { hash = Secret.Hash(secret), payer, name, prefix, cap, expiresAt, MostKeys }, cancellationToken: stop));
        return row is { } made ? new(made.Id, name, prefix, cap, TokenAmount.Zero, made.CreatedAt, expiresAt, secret) : null;
    }

    public async Task<KeyView[]> ListAsync(Address payer, CancellationToken stop)
    {
        const string sql = """
            select id, name, prefix, cap, used, created_at as CreatedAt, expires_at as ExpiresAt, null as secret
            from api_key
            where payer = @payer and revoked_at is null
            order by id
            """;
        await using var connection = await database.OpenConnectionAsync(stop);
        return (await connection.QueryAsync<KeyView>(new(sql, new { payer }, cancellationToken: stop))).ToArray();
    }

    public async Task<bool> RevokeAsync(Address payer, long id, CancellationToken stop)
    {
        const string sql = "update api_key set revoked_at = now() where id = @id and payer = @payer and revoked_at is null";
        await using var connection = await database.OpenConnectionAsync(stop);
        return await connection.ExecuteAsync(new(sql, new { id, payer }, cancellationToken: stop)) == 1;
    }
}
