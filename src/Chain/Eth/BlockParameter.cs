using System.Text.Json.Nodes;
using ProofMesh.Protocol;

namespace ProofMesh.Chain;

/// <summary>Which block a question is about: a tag, a number, or a hash (EIP-1898).</summary>
public readonly record struct BlockParameter
{
    readonly string? tag;
    readonly Bytes32? hash;

    BlockParameter(string? tag, Bytes32? hash) => (this.tag, this.hash) = (tag, hash);

    public static BlockParameter Latest => default;
    public static BlockParameter Earliest => new("earliest", null);
    public static BlockParameter Pending => new("pending", null);
    public static BlockParameter Safe => new("safe", null);
    public static BlockParameter Finalized => new("finalized", null);

    public static implicit operator BlockParameter(ulong number) => new($"0x{number:x}", null);
    public static implicit operator BlockParameter(Bytes32 hash) => new(null, hash);

    internal JsonNode ToJson() => hash is { } block ? new JsonObject { ["blockHash"] = block.ToString() } : tag ?? "latest";
}
