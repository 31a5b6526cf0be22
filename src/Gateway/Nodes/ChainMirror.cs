using Dapper;
using Npgsql;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>What the chain says, read from the indexer's views.</summary>
sealed class ChainMirror(NpgsqlDataSource database)
{
    /// <summary>Null for a node that no provider registered.</summary>
    public async Task<NodeStanding?> StandingAsync(Address node, CancellationToken stop)
    {
        const string sql = """
            select n.provider, p.stake, p.score
            from chain.node n
            join chain.provider p on p.provider = n.provider
            where n.node = @node and not n.retired
            """;
        await using var connection = await database.OpenConnectionAsync(stop);
        return await connection.QuerySingleOrDefaultAsync<NodeStanding>(new(sql, new { node }, cancellationToken: stop));
    }

    /// <summary>Standing of many nodes at once.</summary>
    public async Task<Dictionary<Address, NodeStanding>> StandingsAsync(IEnumerable<Address> nodes, CancellationToken stop)
    {
        const string sql = """
            select n.node, n.provider, p.stake, p.score
            from chain.node n
            join chain.provider p on p.provider = n.provider
            where n.node = any(@keys) and not n.retired
            """;
        await using var connection = await database.OpenConnectionAsync(stop);
        var keys = nodes.Select(node => node.ToArray()).ToArray();
        var rows = await connection.QueryAsync<(Address Node, Address Provider, TokenAmount Stake, ulong Score)>(new(sql, new { keys }, cancellationToken: stop));
        return rows.ToDictionary(row => row.Node, row => new NodeStanding(row.Provider, row.Stake, row.Score));
    }

    /// <summary>The epoch that a grant of this payer must carry.</summary>
    public async Task<uint> EpochAsync(Address payer, CancellationToken stop)
    {
        const string sql = "select coalesce((select epoch from chain.payer where payer = @payer), 0)";
        await using var connection = await database.OpenConnectionAsync(stop);
        return await connection.ExecuteScalarAsync<uint>(new(sql, new { payer }, cancellationToken: stop));
    }
}
