using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace ProofMesh.Chain;

/// <summary>The curve, by Bitcoin Core's library: constant time, RFC 6979 nonces, low s.</summary>
/// <remarks>Sizes are those of secp256k1.h and secp256k1_recovery.h: 64 bytes for a parsed public key, 65 for a parsed recoverable signature.</remarks>
static unsafe partial class Secp256k1
{
    const string Library = "libsecp256k1.so.1";
    const uint SignAndVerify = 0x0301, Uncompressed = 0x0002, Compressed = 0x0102;
    const int ParsedKeySize = 64, ParsedSignatureSize = 65;

    static readonly Lock opening = new();
    static nint context;

    static nint Context => context != 0 ? context : Open();

    public static bool IsPrivateKey(ReadOnlySpan<byte> key)
    {
        fixed (byte* k = key) return key.Length == 32 && secp256k1_ec_seckey_verify(Context, k) == 1;
    }

    /// <summary>The public key of a valid private key: 65 bytes (4 ‖ x ‖ y) or 33 (parity ‖ x), by the target's length.</summary>
    public static void PublicKey(ReadOnlySpan<byte> key, Span<byte> target)
    {
        var parsed = stackalloc byte[ParsedKeySize];
        fixed (byte* k = key)
            if (key.Length != 32 || secp256k1_ec_pubkey_create(Context, parsed, k) != 1) throw new ArgumentException("This is no private key of the curve.");
        Serialize(parsed, target);
    }

    /// <summary>Writes r ‖ s and answers the recovery id.</summary>
    public static int Sign(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> key, Span<byte> compact)
    {
        if (digest.Length != 32 || key.Length != 32 || compact.Length != 64) throw new ArgumentException("A digest and a key have 32 bytes, a compact signature 64.");
        var parsed = stackalloc byte[ParsedSignatureSize];
        int recovery;
        fixed (byte* d = digest, k = key, c = compact)
        {
            if (secp256k1_ecdsa_sign_recoverable(Context, parsed, d, k, 0, null) != 1) throw new CryptographicException("The curve library refused to sign.");
            secp256k1_ecdsa_recoverable_signature_serialize_compact(Context, c, &recovery, parsed);
        }
        return recovery;
    }

    /// <summary>Writes the 65 bytes of the public key that signed, or answers false where there is none.</summary>
    public static bool TryRecover(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> compact, int recovery, Span<byte> publicKey)
    {
        byte* signature = stackalloc byte[ParsedSignatureSize], key = stackalloc byte[ParsedKeySize];
        fixed (byte* d = digest, c = compact)
        {
            if (secp256k1_ecdsa_recoverable_signature_parse_compact(Context, signature, c, recovery) != 1) return false;
            if (secp256k1_ecdsa_recover(Context, key, signature, d) != 1) return false;
        }
        Serialize(key, publicKey);
        return true;
    }

    /// <summary>Adds a tweak to a private key in place (BIP-32); false where the tweak or the sum is no private key.</summary>
    public static bool TryAdd(Span<byte> key, ReadOnlySpan<byte> tweak)
    {
        fixed (byte* k = key, t = tweak) return secp256k1_ec_seckey_tweak_add(Context, k, t) == 1;
    }

    static void Serialize(byte* parsed, Span<byte> target)
    {
        var length = (nuint)target.Length;
        fixed (byte* t = target)
            secp256k1_ec_pubkey_serialize(Context, t, &length, parsed, target.Length == 33 ? Compressed : Uncompressed);
    }

    static nint Open()
    {
        lock (opening)
        {
            if (context != 0) return context;
            try
            {
                var created = secp256k1_context_create(SignAndVerify);
                // Blinds the signing tables against side channels, as secp256k1.h advises after creation.
                fixed (byte* seed = RandomNumberGenerator.GetBytes(32)) _ = secp256k1_context_randomize(created, seed);
                return context = created;
            }
            catch (DllNotFoundException missing)
            {
                throw new InvalidOperationException($"{Library} isn't installed; on Debian and Ubuntu: apt-get install libsecp256k1-1", missing);
            }
        }
    }

    [LibraryImport(Library)] private static partial nint secp256k1_context_create(uint flags);
    [LibraryImport(Library)] private static partial int secp256k1_context_randomize(nint context, byte* seed);
    [LibraryImport(Library)] private static partial int secp256k1_ec_seckey_verify(nint context, byte* key);
    [LibraryImport(Library)] private static partial int secp256k1_ec_seckey_tweak_add(nint context, byte* key, byte* tweak);
    [LibraryImport(Library)] private static partial int secp256k1_ec_pubkey_create(nint context, byte* parsed, byte* key);
    [LibraryImport(Library)] private static partial int secp256k1_ec_pubkey_serialize(nint context, byte* output, nuint* length, byte* parsed, uint flags);
    [LibraryImport(Library)] private static partial int secp256k1_ecdsa_sign_recoverable(nint context, byte* parsed, byte* digest, byte* key, nint nonceFunction, void* nonceData);
    [LibraryImport(Library)] private static partial int secp256k1_ecdsa_recoverable_signature_serialize_compact(nint context, byte* output, int* recovery, byte* parsed);
    [LibraryImport(Library)] private static partial int secp256k1_ecdsa_recoverable_signature_parse_compact(nint context, byte* parsed, byte* input, int recovery);
    [LibraryImport(Library)] private static partial int secp256k1_ecdsa_recover(nint context, byte* key, byte* signature, byte* digest);
}
