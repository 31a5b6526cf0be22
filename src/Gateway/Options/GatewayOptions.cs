using ProofMesh.Database;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>Everything that can be set, from <c>--config FILE</c>, <c>PROOFMESH_…</c> in the environment and the command line.</summary>
sealed record GatewayOptions
{
    /// <summary>Where to listen. Port 0 takes a free one; the ready line says which.</summary>
    public string Url { get; init; } = "http://127.0.0.1:8080";

    /// <summary>Names this replica. Replicas of one database have different names; a restarted one keeps its name and closes what it left open.</summary>
    public string Name { get; init; } = "gateway";

    /// <summary>Host and port that customers see, which a wallet's sign-in message must name (EIP-4361). Empty takes those of the request.</summary>
    public string Domain { get; init; } = "";

    public RailOptions Rail { get; init; } = new();

    /// <summary>A node of the rail's chain, to ask wallets that are contracts about their signatures (ERC-1271). Empty refuses them.</summary>
    public string Rpc { get; init; } = "";

    public PostgresOptions Postgres { get; init; } = new() { MaxConnections = 50 };

    public SpenderOptions Spender { get; init; } = new();

    public LimitOptions Limits { get; init; } = new();

    /// <summary>Base units that a node's provider must have staked.</summary>
    public decimal MinimumStake { get; init; } = 1;

    /// <summary>Base units that a wallet is asked to grant by default.</summary>
    public decimal SuggestedCap { get; init; } = 50_000_000;

    public TimeSpan GrantLifetime { get; init; } = TimeSpan.FromDays(30);

    public TimeSpan SessionLifetime { get; init; } = TimeSpan.FromDays(7);

    /// <summary>A sentence for each thing that must be changed.</summary>
    public IEnumerable<string> Faults()
    {
        if (!Uri.TryCreate(Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https")) yield return $"Url is '{Url}': use http://ADDRESS:PORT.";
        if (Rpc.Length > 0 && (!Uri.TryCreate(Rpc, UriKind.Absolute, out var rpc) || rpc.Scheme is not ("http" or "https" or "ws" or "wss"))) yield return "Rpc must start with http://, https://, ws:// or wss://, or be empty.";
        if (Name.Length is 0 or > 64) yield return "Name must have 1 to 64 characters.";
        if (MinimumStake < 0 || !decimal.IsInteger(MinimumStake)) yield return $"MinimumStake is {MinimumStake}: use a whole number of base units.";
        if (SuggestedCap < 1 || !decimal.IsInteger(SuggestedCap)) yield return $"SuggestedCap is {SuggestedCap}: use a whole number of base units above 0.";
        if (GrantLifetime < TimeSpan.FromMinutes(1)) yield return $"GrantLifetime is {GrantLifetime}: use a minute or more.";
        if (SessionLifetime < TimeSpan.FromMinutes(1)) yield return $"SessionLifetime is {SessionLifetime}: use a minute or more.";
        foreach (var fault in Rail.Faults().Concat(Postgres.Faults()).Concat(Spender.Faults()).Concat(Limits.Faults())) yield return fault;
    }

    /// <exception cref="InvalidOperationException">Something must be changed; the message says what.</exception>
    public GatewayOptions Validated()
    {
        var faults = Faults().ToArray();
        return faults.Length == 0 ? this : throw new InvalidOperationException("The gateway can't start with these options:\n  " + string.Join("\n  ", faults));
    }
}
