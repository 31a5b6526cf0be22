namespace ProofMesh.Protocol;

/// <summary>The payer's wallet lets a spender sign vouchers up to a total, until a time, while the payer's epoch stands.</summary>
/// <param name="ValidUntil">Unix seconds.</param>
/// <param name="Epoch">The payer's epoch on chain when it signed; revoking raises it.</param>
public sealed record Grant(Address Payer, Address Spender, TokenAmount Cap, ulong ValidUntil, uint Epoch)
{
    static readonly Bytes32 Type = Eip712.TypeHash("Grant(address payer,address spender,uint128 cap,uint64 validUntil,uint32 epoch)");

    public Bytes32 StructHash() =>
        new StructHash(stackalloc byte[6 * 32], Type).Add(Payer).Add(Spender).Add(Cap).Add(ValidUntil).Add(Epoch).Hash();

    public Bytes32 Digest(Rail rail) => Eip712.Digest(rail.Domain, StructHash());
}

public sealed record SignedGrant(Grant Grant, Signature Signature);
