namespace ProofMesh.Protocol;

/// <summary>What a node signs when it meets a gateway: that it holds its key, for this gateway's challenge alone.</summary>
public sealed record Hello(Address Node, Address Provider, Bytes32 Challenge)
{
    static readonly Bytes32 Type = Eip712.TypeHash("Hello(address node,address provider,bytes32 challenge)");

    public Bytes32 Digest(Rail rail) => Eip712.Digest(rail.Domain,
        new StructHash(stackalloc byte[4 * 32], Type).Add(Node).Add(Provider).Add(Challenge).Hash());
}
