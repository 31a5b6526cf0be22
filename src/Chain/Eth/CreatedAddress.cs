using ProofMesh.Protocol;

namespace ProofMesh.Chain;

/// <summary>Where a contract will be before it is created.</summary>
public static class CreatedAddress
{
    /// <summary>The address of what an account creates with this nonce: the last 20 bytes of keccak(rlp([creator, nonce])).</summary>
    public static Address Of(Address creator, ulong nonce) =>
        new(Keccak256.Hash(Rlp.Encode(new RlpItem(creator, nonce))).ToArray().AsSpan(12));
}
