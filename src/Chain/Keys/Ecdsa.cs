using System.Runtime.CompilerServices;
using ProofMesh.Protocol;

namespace ProofMesh.Chain;

/// <summary>Signatures over 32-byte digests and who made them.</summary>
public static class Ecdsa
{
    /// <summary>The address that signed, or null for a signature that isn't canonical (high s, v not 27 or 28, zero) or has no key.</summary>
    [SkipLocalsInit]
    public static Address? Recover(Bytes32 digest, Signature signature)
    {
        if (!signature.IsCanonical) return null;
        Span<byte> hash = stackalloc byte[32], compact = stackalloc byte[64], key = stackalloc byte[65];
        digest.CopyTo(hash);
        signature.R.CopyTo(compact);
        signature.S.CopyTo(compact[32..]);
        return Secp256k1.TryRecover(hash, compact, signature.V - 27, key) ? AddressOf(key) : null;
    }

    /// <summary>The last 20 bytes of the hash of x ‖ y.</summary>
    internal static Address AddressOf(ReadOnlySpan<byte> uncompressedKey)
    {
        Span<byte> hash = stackalloc byte[32];
        Keccak256.Hash(uncompressedKey[1..], hash);
        return new Address(hash[12..]);
    }
}
