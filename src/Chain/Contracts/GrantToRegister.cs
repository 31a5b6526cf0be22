using ProofMesh.Protocol;

namespace ProofMesh.Chain.Contracts;

/// <summary>A grant as Settlement takes it: a wallet that is a contract (ERC-1271) signs with any number of bytes.</summary>
public sealed partial record GrantToRegister
{
    public static implicit operator GrantToRegister(SignedGrant signed) => new(signed.Grant, signed.Signature.ToArray());
}
