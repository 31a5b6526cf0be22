namespace ProofMesh.Protocol;

/// <summary>The total that a payer owes a node so far. Only the newest one matters.</summary>
/// <param name="Receipt">Struct hash of the last receipt that the payer accepts, zero in mid-stream.</param>
public sealed record Voucher(Address Payer, Address Node, TokenAmount Cumulative, Bytes32 Receipt)
{
    static readonly Bytes32 Type = Eip712.TypeHash("Voucher(address payer,address node,uint128 cumulative,bytes32 receipt)");

    public Bytes32 StructHash() =>
        new StructHash(stackalloc byte[5 * 32], Type).Add(Payer).Add(Node).Add(Cumulative).Add(Receipt).Hash();

    public Bytes32 Digest(Rail rail) => Eip712.Digest(rail.Domain, StructHash());
}

public sealed record SignedVoucher(Voucher Voucher, Signature Signature);
