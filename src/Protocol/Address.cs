using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace ProofMesh.Protocol;

/// <summary>An Ethereum account: 20 bytes, written with the mixed-case checksum of EIP-55.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
[JsonConverter(typeof(AddressJson))]
public readonly record struct Address : IComparable<Address>
{
    public const int Size = 20;
    readonly ulong high, middle;
    readonly uint low;

    public static Address Zero => default;

    /// <exception cref="ArgumentException">The span isn't 20 bytes long.</exception>
    public Address(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size) throw new ArgumentException($"An address has {Size} bytes, this one has {bytes.Length}.");
        high = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        middle = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        low = BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]);
    }

    public bool IsZero => this == default;

    public void CopyTo(Span<byte> target)
    {
        BinaryPrimitives.WriteUInt64BigEndian(target, high);
        BinaryPrimitives.WriteUInt64BigEndian(target[8..], middle);
        BinaryPrimitives.WriteUInt32BigEndian(target[16..], low);
    }

    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <exception cref="FormatException">Not 40 hexadecimal digits, or a mixed-case text whose EIP-55 checksum is wrong.</exception>
    public static Address Parse(string text) =>
        TryParse(text, out var address) ? address : throw new FormatException($"'{Hex.Excerpt(text)}' is no address: 0x and 40 hexadecimal digits are expected, with a right EIP-55 checksum where the case is mixed.");

    /// <summary>Reads 40 hexadecimal digits with or without 0x; mixed case must carry a right EIP-55 checksum.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Address address)
    {
        address = default;
        Span<byte> bytes = stackalloc byte[Size];
        if (!Hex.TryDecode(text, bytes)) return false;
        address = new Address(bytes);
        var digits = text.AsSpan(text.Length - 40);
        var mixed = digits.ContainsAnyInRange('a', 'f') && digits.ContainsAnyInRange('A', 'F');
        return !mixed || digits.SequenceEqual(address.ToString().AsSpan(2));
    }

    public int CompareTo(Address other) =>
        (high, middle, low).CompareTo((other.high, other.middle, other.low));

    /// <summary>EIP-55: a letter is upper case where the matching nibble of the hash of the lower-case digits is 8 or more.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size], ascii = stackalloc byte[40], hash = stackalloc byte[32];
        CopyTo(bytes);
        for (var i = 0; i < 40; i++) ascii[i] = (byte)"0123456789abcdef"[bytes[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15];
        Keccak256.Hash(ascii, hash);
        Span<char> text = stackalloc char[42];
        (text[0], text[1]) = ('0', 'x');
        for (var i = 0; i < 40; i++)
        {
            var raised = (hash[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15) >= 8;
            text[i + 2] = raised ? char.ToUpperInvariant((char)ascii[i]) : (char)ascii[i];
        }
        return new string(text);
    }
}

public sealed class AddressJson : HexJson<Address>
{
    protected override bool TryParse(string text, out Address value) => Address.TryParse(text, out value);
}
