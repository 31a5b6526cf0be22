using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>Keeps what the chain says of the connected nodes fresh, and lets go of those that it disowns.</summary>
sealed class Standings(Mesh mesh, ChainMirror mirror, GatewayOptions options)
{
    public async Task RefreshAsync(CancellationToken stop)
    {
        var nodes = mesh.Picture.Nodes.Values;
        if (nodes.Length == 0) return;
        var standings = await mirror.StandingsAsync(nodes.Select(node => node.Key), stop);
        var minimum = new TokenAmount((UInt128)options.MinimumStake);
        foreach (var node in nodes)
            if (standings.TryGetValue(node.Key, out var standing) && standing.Provider == node.Provider && standing.Stake >= minimum) node.Stand(standing);
            else node.Link.Close("The node isn't registered and staked any more.");
    }
}
