using Dapper;
using Npgsql;

namespace ProofMesh.Gateway;

/// <summary>Says in Postgres that this boot lives, so that nobody gives its reservations back under its feet.</summary>
sealed class Lease(NpgsqlDataSource database, GatewayOptions options, Boot boot)
{
    /// <summary>Takes the name: whatever an earlier boot under it left open is orphaned at once.</summary>
    public async Task TakeAsync(CancellationToken stop)
    {
        const string sql = """
            insert into gateway_lease (name, boot)
            values (@Name, @Id)
            on conflict (name) do update
            set boot = excluded.boot, seen_at = now()
            """;
        await using var connection = await database.OpenConnectionAsync(stop);
        await connection.ExecuteAsync(new(sql, new { options.Name, boot.Id }, cancellationToken: stop));
    }

    /// <summary>False when another process took the name.</summary>
    public async Task<bool> KeepAsync(CancellationToken stop)
    {
        const string sql = "update gateway_lease set seen_at = now() where name = @Name and boot = @Id";
        await using var connection = await database.OpenConnectionAsync(stop);
        return await connection.ExecuteAsync(new(sql, new { options.Name, boot.Id }, cancellationToken: stop)) == 1;
    }
}
