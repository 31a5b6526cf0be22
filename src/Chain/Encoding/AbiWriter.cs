using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using ProofMesh.Protocol;

namespace ProofMesh.Chain;

/// <summary>Writes the contract ABI in one pass: each frame reserves its head, dynamic parts go to the end and leave their offset in the head.</summary>
/// <remarks>Fields are added in the order of their types. A static struct is its fields; a dynamic one stands between <see cref="Enter"/> and <see cref="Leave"/>.</remarks>
public sealed class AbiWriter
{
    byte[] buffer;
    int length, frame, head;

    /// <param name="selector">Four bytes in front of everything, or none.</param>
    /// <param name="headWords">The words that the outermost tuple takes without its dynamic parts.</param>
    public AbiWriter(ReadOnlySpan<byte> selector, int headWords)
    {
        buffer = new byte[Math.Max(256, selector.Length + 32 * headWords)];
        selector.CopyTo(buffer);
        frame = head = selector.Length;
        length = frame + 32 * headWords;
    }

    /// <summary>Where an outer tuple goes on after an inner one.</summary>
    public readonly record struct Frame(int Start, int Head);

    public AbiWriter Add(Address value)
    {
        value.CopyTo(Word()[12..]);
        return this;
    }

    public AbiWriter Add(Bytes32 value)
    {
        value.CopyTo(Word());
        return this;
    }

    public AbiWriter Add(UInt128 value)
    {
        BinaryPrimitives.WriteUInt128BigEndian(Word()[16..], value);
        return this;
    }

    public AbiWriter Add(ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(Word()[24..], value);
        return this;
    }

    public AbiWriter Add(bool value) => Add(value ? 1ul : 0ul);

    public AbiWriter Add(TokenAmount value) => Add(value.Units);

    /// <summary>A uint256 or, where negative, an int256.</summary>
    /// <exception cref="OverflowException">It doesn't fit in 256 bits.</exception>
    public AbiWriter Add(BigInteger value)
    {
        var unsigned = value.Sign >= 0;
        if (value.GetByteCount(unsigned) > 32) throw new OverflowException("The number doesn't fit in 256 bits.");
        var word = Word();
        if (!unsigned) word.Fill(0xff);
        var count = value.GetByteCount(unsigned);
        value.TryWriteBytes(word[(32 - count)..], out _, unsigned, isBigEndian: true);
        return this;
    }

    /// <summary>Up to 32 bytes, padded on the right: bytesN.</summary>
    public AbiWriter AddFixed(ReadOnlySpan<byte> value)
    {
        value.CopyTo(Word());
        return this;
    }

    public AbiWriter Add(ReadOnlySpan<byte> value)
    {
        Point();
        Append(value.Length);
        var padded = (value.Length + 31) / 32 * 32;
        value.CopyTo(Reserve(padded));
        return this;
    }

    public AbiWriter Add(byte[] value) => Add(value.AsSpan());

    public AbiWriter Add(string value) => Add(Encoding.UTF8.GetBytes(value).AsSpan());

    /// <summary>A dynamic array whose elements take <paramref name="wordsEach"/> words of head: 1 where they are dynamic themselves.</summary>
    public AbiWriter Add<T>(IReadOnlyList<T> items, int wordsEach, Action<AbiWriter, T> write)
    {
        var outer = EnterArray(items.Count, wordsEach);
        foreach (var item in items) write(this, item);
        return Leave(outer);
    }

    /// <summary>Begins a dynamic tuple (or a fixed array of dynamic elements) of this many head words.</summary>
    public Frame Enter(int headWords)
    {
        Point();
        return Begin(headWords);
    }

    /// <summary>Begins a dynamic array.</summary>
    public Frame EnterArray(int count, int wordsEach)
    {
        Point();
        Append(count);
        return Begin(checked(count * wordsEach));
    }

    public AbiWriter Leave(Frame outer)
    {
        (frame, head) = outer;
        return this;
    }

    public byte[] ToArray() => buffer[..length];

    Frame Begin(int headWords)
    {
        var outer = new Frame(frame, head);
        frame = head = length;
        Reserve(32 * headWords);
        return outer;
    }

    void Point() => Add((ulong)(length - frame));

    void Append(int value) => BinaryPrimitives.WriteInt32BigEndian(Reserve(32)[28..], value);

    Span<byte> Word()
    {
        head += 32;
        return buffer.AsSpan(head - 32, 32);
    }

    Span<byte> Reserve(int bytes)
    {
        if (length + bytes > buffer.Length) Array.Resize(ref buffer, Math.Max(2 * buffer.Length, length + bytes));
        length += bytes;
        return buffer.AsSpan(length - bytes, bytes);
    }
}
