using Dapper;
using Npgsql;
using ProofMesh.Protocol;

namespace ProofMesh.Database;

/// <summary>Brings a database to the newest schema: embedded files, by number, forward only, each in one transaction.</summary>
/// <remarks>Any service may start first, or all at once: an advisory lock lets one work while the others wait.</remarks>
public static class Migrator
{
    // "proofmes" in ASCII: one number that all our processes agree on.
    const long LockKey = 0x70726f6f666d6573;

    sealed record Migration(int Number, string Name, byte[] Digest, string Sql);

    public static async Task ApplyAsync(NpgsqlDataSource database, CancellationToken stop)
    {
        await using var connection = await database.OpenConnectionAsync(stop);
        await connection.ExecuteAsync("select pg_advisory_lock(@LockKey)", new { LockKey }, commandTimeout: 300);
        try
        {
            await ApplyAsync(connection, stop);
        }
        finally
        {
            await connection.ExecuteAsync("select pg_advisory_unlock(@LockKey)", new { LockKey });
        }
        // Connections that opened earlier don't know the domains yet.
        await connection.ReloadTypesAsync(stop);
    }

    static async Task ApplyAsync(NpgsqlConnection connection, CancellationToken stop)
    {
        await connection.ExecuteAsync("""
            create table if not exists migrations (
              number integer primary key,
              name text not null,
              digest bytea not null,
              applied_at timestamptz not null default now()
            )
            """);
        var rows = await connection.QueryAsync<(int Number, byte[] Digest)>("select number, digest from migrations");
        var applied = rows.ToDictionary(row => row.Number, row => row.Digest);
        foreach (var migration in Migrations())
        {
            if (!applied.TryGetValue(migration.Number, out var digest)) await ApplyAsync(connection, migration, stop);
            else if (!digest.AsSpan().SequenceEqual(migration.Digest))
                throw new InvalidOperationException($"Migration {migration.Name} was changed after it had been applied: put it back and add a new one.");
        }
    }

    static async Task ApplyAsync(NpgsqlConnection connection, Migration migration, CancellationToken stop)
    {
        await using var transaction = await connection.BeginTransactionAsync(stop);
        await using (var script = new NpgsqlCommand(migration.Sql, connection, transaction)) await script.ExecuteNonQueryAsync(stop);
        await connection.ExecuteAsync("insert into migrations (number, name, digest) values (@Number, @Name, @Digest)", migration, transaction);
        await transaction.CommitAsync(stop);
    }

    static IEnumerable<Migration> Migrations() =>
        typeof(Migrator).Assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
            .Select(Read)
            .OrderBy(migration => migration.Number);

    static Migration Read(string name)
    {
        using var text = new StreamReader(typeof(Migrator).Assembly.GetManifestResourceStream(name)!);
        var sql = text.ReadToEnd();
        var digest = Keccak256.Hash(System.Text.Encoding.UTF8.GetBytes(sql)).ToArray();
        return new Migration(int.Parse(name.AsSpan(0, 4)), name, digest, sql);
    }
}
