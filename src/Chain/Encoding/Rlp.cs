using System.Buffers.Binary;
using System.Numerics;
using ProofMesh.Protocol;

namespace ProofMesh.Chain;

/// <summary>Ethereum's recursive length prefix: byte strings and lists of them.</summary>
public static class Rlp
{
    /// <summary>Deeper nesting than any transaction has is hostile.</summary>
    const int MaxDepth = 16;

    public static byte[] Encode(RlpItem item)
    {
        var target = new byte[item.EncodedLength];
        item.Write(target);
        return target;
    }

    /// <summary>Reads one item that fills all of the data, in its only canonical form.</summary>
    /// <exception cref="FormatException">Truncated, trailing bytes, a length that isn't the shortest, or nested too deeply.</exception>
    public static RlpItem Decode(ReadOnlySpan<byte> data)
    {
        var item = Read(ref data, MaxDepth);
        return data.IsEmpty ? item : throw new FormatException($"{data.Length} bytes follow the item.");
    }

    static RlpItem Read(ref ReadOnlySpan<byte> data, int depth)
    {
        if (depth == 0) throw new FormatException($"Lists are nested more than {MaxDepth} deep.");
        var first = Take(ref data, 1)[0];
        switch (first)
        {
            case < 0x80: return new RlpItem([first]);
            case < 0xc0:
                var bytes = Take(ref data, Length(ref data, first - 0x80));
                if (bytes.Length == 1 && bytes[0] < 0x80) throw new FormatException("A single byte below 0x80 stands for itself.");
                return new RlpItem(bytes.ToArray());
            default:
                var content = Take(ref data, Length(ref data, first - 0xc0));
                var items = new List<RlpItem>();
                while (!content.IsEmpty) items.Add(Read(ref content, depth - 1));
                return new RlpItem(items.ToArray());
        }
    }

    static int Length(ref ReadOnlySpan<byte> data, int code)
    {
        if (code <= 55) return code;
        var bytes = Take(ref data, code - 55);
        if (bytes[0] == 0 || bytes.Length > 4) throw new FormatException("A length has leading zeros or is out of bounds.");
        Span<byte> padded = stackalloc byte[4];
        bytes.CopyTo(padded[(4 - bytes.Length)..]);
        var length = BinaryPrimitives.ReadUInt32BigEndian(padded);
        return length is > 55 and <= int.MaxValue ? (int)length : throw new FormatException("A length isn't in its shortest form or is out of bounds.");
    }

    static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> data, int count)
    {
        if (count > data.Length) throw new FormatException($"{count} bytes are announced and {data.Length} are there.");
        var taken = data[..count];
        data = data[count..];
        return taken;
    }
}

/// <summary>A byte string or a list of items; integers are byte strings without leading zeros.</summary>
public sealed class RlpItem
{
    readonly int contentLength;

    public RlpItem(byte[] bytes)
    {
        Bytes = bytes;
        contentLength = bytes.Length;
    }

    public RlpItem(params RlpItem[] items)
    {
        Items = items;
        contentLength = items.Sum(item => item.EncodedLength);
    }

    public byte[]? Bytes { get; }

    public RlpItem[]? Items { get; }

    internal int EncodedLength => Bytes is [< 0x80] ? 1 : 1 + (contentLength > 55 ? LengthBytes : 0) + contentLength;

    int LengthBytes => 4 - BitOperations.LeadingZeroCount((uint)contentLength) / 8;

    public static implicit operator RlpItem(byte[] bytes) => new(bytes);
    public static implicit operator RlpItem(ulong value) => Number(value);
    public static implicit operator RlpItem(UInt128 value) => Number(value);
    public static implicit operator RlpItem(BigInteger value) => new(value.IsZero ? [] : value.ToByteArray(isUnsigned: true, isBigEndian: true));
    public static implicit operator RlpItem(Address value) => new(value.ToArray());
    public static implicit operator RlpItem(Bytes32 value) => new(value.ToArray());

    internal void Write(Span<byte> target)
    {
        var head = EncodedLength - contentLength;
        WriteHead(target[..head]);
        target = target[head..];
        if (Bytes is not null) Bytes.CopyTo(target);
        foreach (var item in Items ?? [])
        {
            item.Write(target);
            target = target[item.EncodedLength..];
        }
    }

    void WriteHead(Span<byte> head)
    {
        if (head.IsEmpty) return;
        var code = Bytes is not null ? 0x80 : 0xc0;
        head[0] = (byte)(code + (head.Length == 1 ? contentLength : 55 + head.Length - 1));
        for (var i = 1; i < head.Length; i++) head[i] = (byte)(contentLength >> 8 * (head.Length - 1 - i));
    }

    static RlpItem Number(UInt128 value)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        var zeros = bytes.IndexOfAnyExcept((byte)0);
        return new(zeros < 0 ? [] : bytes[zeros..].ToArray());
    }
}
