using System.Text.Json.Serialization;

namespace ProofMesh.Protocol;

/// <summary>A node's price for a model, signed and good until a time. Its nonce enters the seed of every request served under it.</summary>
/// <param name="ValidUntil">Unix seconds.</param>
public sealed record Quote(Address Node, Bytes32 Model, ulong InputPrice, ulong CachedPrice, ulong OutputPrice, ulong ValidUntil, Bytes32 NodeNonce)
{
    static readonly Bytes32 Type = Eip712.TypeHash("Quote(address node,bytes32 model,uint64 inputPrice,uint64 cachedPrice,uint64 outputPrice,uint64 validUntil,bytes32 nodeNonce)");

    [JsonIgnore]
    public Prices Prices => new(InputPrice, CachedPrice, OutputPrice);

    public Bytes32 Digest(Rail rail) => Eip712.Digest(rail.Domain,
        new StructHash(stackalloc byte[8 * 32], Type).Add(Node).Add(Model).Add(InputPrice).Add(CachedPrice).Add(OutputPrice).Add(ValidUntil).Add(NodeNonce).Hash());
}

public sealed record SignedQuote(Quote Quote, Signature Signature);
