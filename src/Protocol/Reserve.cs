namespace ProofMesh.Protocol;

/// <summary>Money of a payer that only one provider can claim until it expires.</summary>
/// <param name="Until">Unix seconds.</param>
public sealed record Reserve(Address Payer, Address Provider, TokenAmount Amount, ulong Until)
{
    static readonly Bytes32 Type = Eip712.TypeHash("Reserve(address payer,address provider,uint128 amount,uint64 until)");

    public Bytes32 StructHash() =>
        new StructHash(stackalloc byte[5 * 32], Type).Add(Payer).Add(Provider).Add(Amount).Add(Until).Hash();

    public Bytes32 Digest(Rail rail) => Eip712.Digest(rail.Domain, StructHash());
}

public sealed record SignedReserve(Reserve Reserve, Signature Signature);
