using System.Globalization;

namespace ProofMesh.Chain;

/// <summary>What a Solidity type is on the wire.</summary>
public enum AbiKind { UInt, Int, Address, Bool, FixedBytes, Bytes, String, Array, Tuple }

/// <summary>A Solidity type read from text, such as <c>(address,uint128[])[]</c>.</summary>
/// <param name="Size">Bits of an integer, bytes of bytesN, elements of a fixed array; −1 for a dynamic array.</param>
/// <param name="Parts">The element type of an array, the component types of a tuple.</param>
public sealed record AbiType(AbiKind Kind, int Size, AbiType[] Parts)
{
    const int MaxDepth = 16;

    /// <summary>Whether its size depends on its value, so that it is pointed at.</summary>
    public bool IsDynamic { get; } = Kind is AbiKind.Bytes or AbiKind.String || (Kind == AbiKind.Array && Size < 0) || Parts.Any(part => part.IsDynamic);

    /// <summary>The words it takes where it stands: 1 for the offset of a dynamic one.</summary>
    public int HeadWords => IsDynamic ? 1 : Kind switch
    {
        AbiKind.Array => checked(Size * Parts[0].HeadWords),
        AbiKind.Tuple => Parts.Sum(part => part.HeadWords),
        _ => 1,
    };

    /// <exception cref="FormatException">Not a type that Solidity has.</exception>
    public static AbiType Parse(string text)
    {
        var rest = text.AsSpan();
        var type = Read(ref rest, MaxDepth);
        return rest.IsEmpty ? type : throw Unknown(rest);
    }

    /// <summary>The canonical text that selectors and topics are hashed from.</summary>
    public override string ToString() => Kind switch
    {
        AbiKind.UInt => $"uint{Size}",
        AbiKind.Int => $"int{Size}",
        AbiKind.FixedBytes => $"bytes{Size}",
        AbiKind.Array => Size < 0 ? $"{Parts[0]}[]" : $"{Parts[0]}[{Size}]",
        AbiKind.Tuple => $"({string.Join(',', (object[])Parts)})",
        var plain => plain.ToString().ToLowerInvariant(),
    };

    static AbiType Read(ref ReadOnlySpan<char> text, int depth)
    {
        if (depth == 0) throw new FormatException($"Types are nested more than {MaxDepth} deep.");
        var type = text.StartsWith('(') ? Tuple(ref text, depth) : Elementary(ref text);
        for (; text.StartsWith('['); depth--)
        {
            var end = text.IndexOf(']');
            if (end < 0 || depth == 0) throw Unknown(text);
            var size = -1;
            if (end > 1 && (!int.TryParse(text[1..end], NumberStyles.None, CultureInfo.InvariantCulture, out size) || size is 0 or > 1_000_000)) throw Unknown(text);
            type = new(AbiKind.Array, size, [type]);
            text = text[(end + 1)..];
        }
        return type;
    }

    static AbiType Tuple(ref ReadOnlySpan<char> text, int depth)
    {
        var parts = new List<AbiType>();
        text = text[1..];
        if (text.StartsWith(')')) throw new FormatException("A tuple has at least one component.");
        while (true)
        {
            parts.Add(Read(ref text, depth - 1));
            var next = text.IsEmpty ? ' ' : text[0];
            if (next is not (',' or ')')) throw Unknown(text);
            text = text[1..];
            if (next == ')') return new(AbiKind.Tuple, 0, [.. parts]);
        }
    }

    static AbiType Elementary(ref ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAny(",)[");
        var name = end < 0 ? text : text[..end];
        text = text[name.Length..];
        return name switch
        {
            "address" => new(AbiKind.Address, 20, []),
            "bool" => new(AbiKind.Bool, 8, []),
            "bytes" => new(AbiKind.Bytes, 0, []),
            "string" => new(AbiKind.String, 0, []),
            "uint" => new(AbiKind.UInt, 256, []),
            "int" => new(AbiKind.Int, 256, []),
            _ when name.StartsWith("uint") => new(AbiKind.UInt, Bits(name, 4), []),
            _ when name.StartsWith("int") => new(AbiKind.Int, Bits(name, 3), []),
            _ when name.StartsWith("bytes") => new(AbiKind.FixedBytes, Number(name, 5, 32), []),
            _ => throw Unknown(name),
        };
    }

    static int Bits(ReadOnlySpan<char> name, int prefix)
    {
        var bits = Number(name, prefix, 256);
        return bits % 8 == 0 ? bits : throw Unknown(name);
    }

    static int Number(ReadOnlySpan<char> name, int prefix, int max) =>
        int.TryParse(name[prefix..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= max && name[prefix] != '0' ? number : throw Unknown(name);

    static FormatException Unknown(ReadOnlySpan<char> text) => new($"'{(text.Length > 40 ? text[..40] : text)}' isn't part of a Solidity type.");
}
