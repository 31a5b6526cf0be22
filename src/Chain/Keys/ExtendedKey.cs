using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace ProofMesh.Chain;

/// <summary>A private key with its chain code, from which others derive (BIP-32).</summary>
sealed class ExtendedKey
{
    const uint Hardened = 0x80000000;

    readonly byte[] key, chainCode;

    ExtendedKey(ReadOnlySpan<byte> both) => (key, chainCode) = (both[..32].ToArray(), both[32..].ToArray());

    public ReadOnlySpan<byte> PrivateKey => key;

    public ReadOnlySpan<byte> ChainCode => chainCode;

    /// <param name="seed">16 to 64 bytes.</param>
    public static ExtendedKey FromSeed(ReadOnlySpan<byte> seed)
    {
        if (seed.Length is < 16 or > 64) throw new ArgumentException("A seed has 16 to 64 bytes.");
        var master = new ExtendedKey(HMACSHA512.HashData("Bitcoin seed"u8, seed));
        return Secp256k1.IsPrivateKey(master.key) ? master : throw new ArgumentException("This seed has no master key.");
    }

    /// <summary>Follows a path such as <c>m/44'/60'/0'/0/0</c>.</summary>
    /// <exception cref="FormatException">Not a path.</exception>
    public ExtendedKey Derive(string path)
    {
        var steps = path.Split('/');
        if (steps[0] != "m" || steps.Length > 256) throw Malformed(path);
        return steps.Skip(1).Aggregate(this, (parent, step) => parent.Child(Index(step, path)));
    }

    public ExtendedKey Child(uint index)
    {
        Span<byte> data = stackalloc byte[37];
        if (index >= Hardened) key.CopyTo(data[1..]);
        else Secp256k1.PublicKey(key, data[..33]);
        BinaryPrimitives.WriteUInt32BigEndian(data[33..], index);
        var both = HMACSHA512.HashData(chainCode, data);
        var child = new ExtendedKey(both);
        key.CopyTo(child.key, 0);
        // One index in 2¹²⁷ has no key; BIP-32 says to go on with the next, which here is for the caller to choose.
        return Secp256k1.TryAdd(child.key, both.AsSpan(0, 32)) ? child : throw new CryptographicException($"The index {index} has no key.");
    }

    static uint Index(string step, string path)
    {
        var hardened = step.EndsWith('\'') || step.EndsWith('h');
        var digits = hardened ? step.AsSpan(0, step.Length - 1) : step;
        if (!uint.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number >= Hardened) throw Malformed(path);
        return hardened ? number + Hardened : number;
    }

    static FormatException Malformed(string path) => new($"'{(path.Length <= 40 ? path : path[..40])}' is no derivation path such as m/44'/60'/0'/0/0.");
}
