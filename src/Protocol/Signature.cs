using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace ProofMesh.Protocol;

/// <summary>A recoverable secp256k1 signature: r(32) ‖ s(32) ‖ v(1) with v 27 or 28.</summary>
/// <remarks>Whether s is low and who signed is for the curve's code to say; this type only holds the bytes.</remarks>
[JsonConverter(typeof(SignatureJson))]
public readonly record struct Signature(Bytes32 R, Bytes32 S, byte V)
{
    public const int Size = 65;

    // Half of the group's order (SEC 2, section 2.4.1): EIP-2 accepts s up to it.
    static readonly Bytes32 HalfOrder = Bytes32.Parse("0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0");

    /// <exception cref="ArgumentException">The span isn't 65 bytes long.</exception>
    public Signature(ReadOnlySpan<byte> bytes)
        : this(new Bytes32(Checked(bytes)[..32]), new Bytes32(bytes[32..64]), bytes[64]) { }

    /// <summary>True for the one form that everybody accepts: low s, v 27 or 28, r and s not zero.</summary>
    public bool IsCanonical => V is 27 or 28 && !R.IsZero && !S.IsZero && S.CompareTo(HalfOrder) <= 0;

    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        R.CopyTo(bytes);
        S.CopyTo(bytes.AsSpan(32));
        bytes[64] = V;
        return bytes;
    }

    public static bool TryParse([NotNullWhen(true)] string? text, out Signature signature)
    {
        Span<byte> bytes = stackalloc byte[Size];
        var read = Hex.TryDecode(text, bytes);
        signature = read ? new Signature(bytes) : default;
        return read;
    }

    /// <exception cref="FormatException">Not 130 hexadecimal digits.</exception>
    public static Signature Parse(string text) =>
        TryParse(text, out var signature) ? signature : throw new FormatException($"'{Hex.Excerpt(text)}' isn't 0x and 130 hexadecimal digits.");

    public override string ToString() => Hex.Encode(ToArray());

    static ReadOnlySpan<byte> Checked(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Size ? bytes : throw new ArgumentException($"A signature has {Size} bytes, this one has {bytes.Length}.");
}

public sealed class SignatureJson : HexJson<Signature>
{
    protected override bool TryParse(string text, out Signature value) => Signature.TryParse(text, out value);
}
