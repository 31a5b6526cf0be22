using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using ProofMesh.Protocol;

namespace ProofMesh.Chain;

/// <summary>Reads the contract ABI from an untrusted source: padding, offsets and lengths are checked.</summary>
/// <remarks>An honest encoding holds each word once, so no more words are read than there are: overlapping tails can't blow up a small message.</remarks>
/// <exception cref="FormatException">From every method: the data isn't what its type says.</exception>
public sealed class AbiReader(ReadOnlyMemory<byte> data)
{
    int frame, head;
    int budget = data.Length / 32;

    /// <summary>Where an outer tuple goes on after an inner one.</summary>
    public readonly record struct Frame(int Start, int Head);

    public Address Address() => new(Padded(20));

    public Bytes32 Bytes32() => new(Word());

    public UInt128 UInt128() => BinaryPrimitives.ReadUInt128BigEndian(Padded(16));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64BigEndian(Padded(8));

    public uint UInt32() => BinaryPrimitives.ReadUInt32BigEndian(Padded(4));

    public ushort UInt16() => BinaryPrimitives.ReadUInt16BigEndian(Padded(2));

    public byte UInt8() => Padded(1)[0];

    public bool Bool() => UInt8() switch { 0 => false, 1 => true, var other => throw new FormatException($"A bool is 0 or 1, not {other}.") };

    public TokenAmount Amount() => new(UInt128());

    public BigInteger UInt256() => new(Word(), isUnsigned: true, isBigEndian: true);

    public BigInteger Int256() => new(Word(), isUnsigned: false, isBigEndian: true);

    /// <summary>bytesN, whose padding on the right must be zero.</summary>
    public byte[] Fixed(int size)
    {
        var word = Word();
        if (word[size..].ContainsAnyExcept((byte)0)) throw new FormatException($"A bytes{size} is padded with something else than zeros.");
        return word[..size].ToArray();
    }

    public byte[] Bytes() => Content().ToArray();

    public string String()
    {
        var content = Content();
        return System.Text.Unicode.Utf8.IsValid(content) ? Encoding.UTF8.GetString(content) : throw new FormatException("A string isn't UTF-8.");
    }

    /// <summary>A dynamic array whose elements take <paramref name="wordsEach"/> words of head: 1 where they are dynamic themselves.</summary>
    public T[] Array<T>(int wordsEach, Func<AbiReader, T> read)
    {
        var outer = EnterArray(wordsEach, out var count);
        var items = new T[count];
        for (var i = 0; i < count; i++) items[i] = read(this);
        Leave(outer);
        return items;
    }

    /// <summary>Follows the offset of a dynamic tuple.</summary>
    public Frame Enter()
    {
        var outer = new Frame(frame, head + 32);
        frame = head = Target();
        return outer;
    }

    public Frame EnterArray(int wordsEach, out int count)
    {
        var outer = new Frame(frame, head + 32);
        head = Target();
        count = Length();
        // Elements are read right after, so that what is allocated stays within the words that are left.
        if ((long)count * wordsEach > budget) throw new FormatException($"An array of {count} elements is longer than the data.");
        frame = head;
        return outer;
    }

    public void Leave(Frame outer) => (frame, head) = outer;

    ReadOnlySpan<byte> Content()
    {
        var next = head + 32;
        head = Target();
        var length = Length();
        if (length > data.Length - head) throw new FormatException($"{length} bytes are announced and {data.Length - head} are there.");
        Spend((length + 31) / 32);
        var content = data.Span.Slice(head, length);
        head = next;
        return content;
    }

    int Target()
    {
        var offset = Length();
        if (offset > data.Length - frame) throw new FormatException($"An offset of {offset} points outside the data.");
        return frame + offset;
    }

    int Length()
    {
        var value = UInt64();
        return value <= int.MaxValue ? (int)value : throw new FormatException($"{value} is no length or offset of this data.");
    }

    ReadOnlySpan<byte> Padded(int size)
    {
        var word = Word();
        if (word[..^size].ContainsAnyExcept((byte)0)) throw new FormatException($"A value is larger than its {size} bytes.");
        return word[^size..];
    }

    ReadOnlySpan<byte> Word()
    {
        if (head > data.Length - 32) throw new FormatException($"The data ends after {data.Length} bytes, in the middle of a value.");
        Spend(1);
        head += 32;
        return data.Span.Slice(head - 32, 32);
    }

    void Spend(int words)
    {
        if ((budget -= words) < 0) throw new FormatException("Parts of the data overlap.");
    }
}
