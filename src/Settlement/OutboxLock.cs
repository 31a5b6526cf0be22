using Dapper;
using Npgsql;
using ProofMesh.Database;
using ProofMesh.Protocol;

namespace ProofMesh.Settlement;

/// <summary>Makes this process the only one that works on an outbox, and the outbox the one of this rail and account.</summary>
static class OutboxLock
{
    const long Key = 0x736574746c65; // "settle" in ASCII

    /// <returns>A connection that holds the lock while it is open; a killed process lets go of it by itself.</returns>
    /// <exception cref="InvalidOperationException">Another process holds it, or the outbox is of another rail or account.</exception>
    public static async Task<NpgsqlConnection> TakeAsync(PostgresOptions options, Rail rail, Address account, CancellationToken stop)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(options.ConnectionString) { Pooling = false, KeepAlive = 10 }.ConnectionString);
        await connection.OpenAsync(stop);
        // A predecessor that was just killed may hold it for a moment.
        for (var tries = 0; !await connection.QuerySingleAsync<bool>("select pg_try_advisory_lock(@Key)", new { Key }); tries++)
        {
            if (tries == 50) throw new InvalidOperationException("Another settlement service works on this database.");
            await Task.Delay(200, stop);
        }
        var same = await connection.QuerySingleAsync<bool>("""
            insert into settlement.identity (chain_id, contract, account) values (@chain, @Settlement, @account) on conflict (one) do nothing;
            select chain_id = @chain and contract = @Settlement and account = @account from settlement.identity
            """, new { chain = (long)rail.ChainId, rail.Settlement, account });
        return same ? connection : throw new InvalidOperationException("This database's outbox is of another rail or account: use a database of its own for each.");
    }
}
