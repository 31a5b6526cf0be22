using ProofMesh.Database;
using ProofMesh.Protocol;

namespace ProofMesh.Settlement;

/// <summary>Everything that can be set, from <c>--config FILE</c>, <c>PROOFMESH_…</c> in the environment and the command line.</summary>
sealed record SettlementOptions
{
    /// <summary>Where to listen. Port 0 takes a free one; the ready line says which.</summary>
    public string Url { get; init; } = "http://127.0.0.1:8090";

    /// <summary>JSON-RPC over http(s) or ws(s) to a node of the rail's chain.</summary>
    public string Rpc { get; init; } = "http://127.0.0.1:8545";

    public RailOptions Rail { get; init; } = new();

    public PostgresOptions Postgres { get; init; } = new();

    public KeyOptions Key { get; init; } = new();

    public PlanOptions Plan { get; init; } = new();

    public FeeOptions Fees { get; init; } = new();

    /// <summary>Where receipt batches are published as files; empty publishes in Postgres and over HTTP alone.</summary>
    public string PublishFolder { get; init; } = "";

    /// <summary>Providers that are served; empty serves whoever can reach the service.</summary>
    public string[] Providers { get; init; } = [];

    /// <summary>A transaction is final with so many blocks on top of its own. 0 on a local chain.</summary>
    public ulong Confirmations { get; init; } = 12;

    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Largest submission: 16 MiB hold some 12,000 receipts.</summary>
    public int BodyBytes { get; init; } = 16 << 20;

    /// <summary>A sentence for each thing that must be changed.</summary>
    public IEnumerable<string> Faults()
    {
        if (!Uri.TryCreate(Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https")) yield return $"Url is '{Url}': use http://ADDRESS:PORT.";
        if (!Uri.TryCreate(Rpc, UriKind.Absolute, out var rpc) || rpc.Scheme is not ("http" or "https" or "ws" or "wss")) yield return "Rpc isn't an http(s):// or ws(s):// address.";
        if (Confirmations > 10_000) yield return $"Confirmations is {Confirmations}: use 0 to 10000.";
        if (Poll < TimeSpan.FromMilliseconds(10) || Poll > TimeSpan.FromHours(1)) yield return $"Poll is {Poll}: use 10 milliseconds to an hour.";
        if (BodyBytes is < 4096 or > 1 << 28) yield return $"BodyBytes is {BodyBytes}: use 4096 to {1 << 28}.";
        foreach (var provider in Providers)
            if (!Address.TryParse(provider, out _)) yield return $"Providers holds '{provider}', which isn't an address.";
        foreach (var fault in Rail.Faults().Concat(Postgres.Faults()).Concat(Key.Faults()).Concat(Plan.Faults()).Concat(Fees.Faults())) yield return fault;
    }
}
