using ProofMesh.Database;
using ProofMesh.Protocol;

namespace ProofMesh.Indexer;

/// <summary>Everything that can be set, from <c>--config FILE</c>, <c>PROOFMESH_…</c> in the environment and the command line.</summary>
sealed record IndexerOptions
{
    /// <summary>JSON-RPC over http(s) or ws(s) to a node of the rail's chain.</summary>
    public string Rpc { get; init; } = "http://127.0.0.1:8545";

    public RailOptions Rail { get; init; } = new();

    public PostgresOptions Postgres { get; init; } = new() { MaxConnections = 4 };

    /// <summary>The block in which the first of the contracts was deployed.</summary>
    public ulong StartBlock { get; init; }

    /// <summary>Deposits count for credit once so many blocks stand on theirs. 0 on a local chain.</summary>
    public ulong Confirmations { get; init; } = 12;

    /// <summary>So many blocks below the head are read one by one, each by its hash; older ones by ranges.</summary>
    public int NearHead { get; init; } = 64;

    /// <summary>Most blocks that one eth_getLogs asks for; after a refusal it is halved, after a success doubled again.</summary>
    public int LargestRange { get; init; } = 5_000;

    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A sentence for each thing that must be changed.</summary>
    public IEnumerable<string> Faults()
    {
        if (!Uri.TryCreate(Rpc, UriKind.Absolute, out var rpc) || rpc.Scheme is not ("http" or "https" or "ws" or "wss")) yield return "Rpc isn't an http(s):// or ws(s):// address.";
        if (Confirmations > 10_000) yield return $"Confirmations is {Confirmations}: use 0 to 10000.";
        if (NearHead is < 1 or > 10_000) yield return $"NearHead is {NearHead}: use 1 to 10000.";
        if (LargestRange is < 1 or > 1_000_000) yield return $"LargestRange is {LargestRange}: use 1 to 1000000.";
        if (StartBlock > long.MaxValue) yield return $"StartBlock is {StartBlock}: no chain is that long.";
        if (Poll < TimeSpan.FromMilliseconds(10) || Poll > TimeSpan.FromHours(1)) yield return $"Poll is {Poll}: use 10 milliseconds to an hour.";
        foreach (var fault in Rail.Faults().Concat(Postgres.Faults())) yield return fault;
    }
}
