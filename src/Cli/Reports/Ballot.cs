using System.Buffers.Binary;
using System.Numerics;
using ProofMesh.Chain;
using ProofMesh.Protocol;

namespace ProofMesh.Cli;

/// <summary>A vote of an auditor. Its salt follows from the wallet's key, so that nothing need be kept until it is opened.</summary>
sealed record Ballot(Address Disputes, BigInteger Id, bool Convict)
{
    /// <summary>Nobody else can know it: the hash of a signature that is never shown.</summary>
    public Bytes32 Salt(Account auditor) =>
        Keccak256.Hash(auditor.Sign(Keccak256.Hash([.. "ProofMesh ballot"u8, .. Disputes.ToArray(), .. Word(Id)])).ToArray());

    /// <summary>keccak256(abi.encode(id, auditor, convict, salt)).</summary>
    public Bytes32 Commitment(Account auditor) =>
        Keccak256.Hash([.. Word(Id), .. new byte[12], .. auditor.Address.ToArray(), .. Word(Convict ? 1 : 0), .. Salt(auditor).ToArray()]);

    static byte[] Word(BigInteger number)
    {
        var digits = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[32 - digits.Length], .. digits];
    }
}
