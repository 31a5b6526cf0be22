using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace ProofMesh.Protocol;

/// <summary>32 bytes: a hash, a digest, an id.</summary>
[JsonConverter(typeof(Bytes32Json))]
public readonly record struct Bytes32 : IComparable<Bytes32>
{
    public const int Size = 32;
    readonly UInt128 high, low;

    public static Bytes32 Zero => default;

    /// <exception cref="ArgumentException">The span isn't 32 bytes long.</exception>
    public Bytes32(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size) throw new ArgumentException($"{Size} bytes are expected, these are {bytes.Length}.");
        high = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        low = BinaryPrimitives.ReadUInt128BigEndian(bytes[16..]);
    }

    public bool IsZero => this == default;

    public void CopyTo(Span<byte> target)
    {
        BinaryPrimitives.WriteUInt128BigEndian(target, high);
        BinaryPrimitives.WriteUInt128BigEndian(target[16..], low);
    }

    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <exception cref="FormatException">Not 64 hexadecimal digits.</exception>
    public static Bytes32 Parse(string text) =>
        TryParse(text, out var value) ? value : throw new FormatException($"'{Hex.Excerpt(text)}' isn't 0x and 64 hexadecimal digits.");

    public static bool TryParse([NotNullWhen(true)] string? text, out Bytes32 value)
    {
        Span<byte> bytes = stackalloc byte[Size];
        var read = Hex.TryDecode(text, bytes);
        value = read ? new Bytes32(bytes) : default;
        return read;
    }

    public static Bytes32 Random() => new(System.Security.Cryptography.RandomNumberGenerator.GetBytes(Size));

    public int CompareTo(Bytes32 other) => (high, low).CompareTo((other.high, other.low));

    public override string ToString() => Hex.Encode(ToArray());
}

public sealed class Bytes32Json : HexJson<Bytes32>
{
    protected override bool TryParse(string text, out Bytes32 value) => Bytes32.TryParse(text, out value);
}
