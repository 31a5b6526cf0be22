using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace ProofMesh.Chain;

/// <summary>A wallet's secret as 12 to 24 English words (BIP-39).</summary>
/// <remarks>english.txt is bip-0039/english.txt of github.com/bitcoin/bips, whose SHA-256 is 2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda.</remarks>
public static class Mnemonic
{
    const int BitsOfWord = 11;

    static readonly string[] Words = ReadWords();
    static readonly FrozenDictionary<string, int> Indices = Words.Index().ToFrozenDictionary(pair => pair.Item, pair => pair.Index, StringComparer.Ordinal);

    /// <param name="words">12, 15, 18, 21 or 24.</param>
    public static string Generate(int words = 12)
    {
        if (words is < 12 or > 24 || words % 3 != 0) throw new ArgumentException("A mnemonic has 12, 15, 18, 21 or 24 words.");
        return FromEntropy(RandomNumberGenerator.GetBytes(words / 3 * 4));
    }

    /// <param name="entropy">16, 20, 24, 28 or 32 bytes.</param>
    public static string FromEntropy(ReadOnlySpan<byte> entropy)
    {
        if (entropy.Length is < 16 or > 32 || entropy.Length % 4 != 0) throw new ArgumentException("Entropy has 16, 20, 24, 28 or 32 bytes.");
        byte[] bits = [.. entropy, SHA256.HashData(entropy)[0]];
        var words = Enumerable.Range(0, entropy.Length * 3 / 4).Select(word => Words[Number(bits, word * BitsOfWord)]);
        return string.Join(' ', words);
    }

    /// <summary>Whether all words are in the list and the checksum holds.</summary>
    public static bool IsValid(string mnemonic)
    {
        var words = Split(mnemonic);
        if (words.Length is < 12 or > 24 || words.Length % 3 != 0) return false;
        var bits = new byte[33];
        for (var i = 0; i < words.Length; i++)
        {
            if (!Indices.TryGetValue(words[i], out var index)) return false;
            for (var bit = 0; bit < BitsOfWord; bit++)
                if ((index >> BitsOfWord - 1 - bit & 1) == 1) bits[(i * BitsOfWord + bit) / 8] |= (byte)(0x80 >> (i * BitsOfWord + bit) % 8);
        }
        return string.Equals(FromEntropy(bits.AsSpan(0, words.Length / 3 * 4)), string.Join(' ', words), StringComparison.Ordinal);
    }

    /// <summary>The 64 bytes that BIP-32 derives keys from.</summary>
    /// <exception cref="ArgumentException">Not a valid mnemonic, or a passphrase that isn't ASCII.</exception>
    public static byte[] ToSeed(string mnemonic, string passphrase = "")
    {
        if (!IsValid(mnemonic)) throw new ArgumentException("This is no BIP-39 mnemonic: 12 to 24 words of the English list with a right checksum.");
        // BIP-39 wants NFKD, which .NET leaves out where globalisation is invariant: a wrong wallet would be the silent result.
        if (!Ascii.IsValid(passphrase)) throw new ArgumentException("Only ASCII passphrases are supported.");
        return Rfc2898DeriveBytes.Pbkdf2(Encoding.ASCII.GetBytes(string.Join(' ', Split(mnemonic))), Encoding.ASCII.GetBytes("mnemonic" + passphrase), 2048, HashAlgorithmName.SHA512, 64);
    }

    static string[] Split(string mnemonic) => mnemonic.Length > 1000 ? [] : mnemonic.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    static int Number(byte[] bits, int start)
    {
        var number = 0;
        for (var i = start; i < start + BitsOfWord; i++) number = number << 1 | bits[i / 8] >> 7 - i % 8 & 1;
        return number;
    }

    static string[] ReadWords()
    {
        using var file = typeof(Mnemonic).Assembly.GetManifestResourceStream("english.txt")!;
        using var reader = new StreamReader(file);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
