namespace ProofMesh.Chain;

/// <summary>How long and how much a node may answer.</summary>
public sealed record RpcOptions
{
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A response beyond this is refused; logs of many blocks are the largest.</summary>
    public int MaxResponseBytes { get; init; } = 64 << 20;

    /// <summary>Longer batches go out in parts of this many calls.</summary>
    public int MaxBatch { get; init; } = 100;

    /// <summary>Sent with each request, for instance an authorization.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    internal static RpcOptions Default { get; } = new();
}
