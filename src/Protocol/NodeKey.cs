namespace ProofMesh.Protocol;

/// <summary>What a node key signs to prove to the staking contract that its provider holds it.</summary>
public sealed record NodeKey(Address Provider, Address Node)
{
    static readonly Bytes32 Type = Eip712.TypeHash("NodeKey(address provider,address node)");

    public Bytes32 Digest(Rail rail) =>
        Eip712.Digest(rail.StakingDomain, new StructHash(stackalloc byte[3 * 32], Type).Add(Provider).Add(Node).Hash());
}
