using System.Buffers.Binary;
using System.IO.Compression;

namespace ProofMesh.Protocol;

/// <summary>A statement with all its receipts, as settlers publish it: the binary form of docs/encodings.md, compressed with Brotli.</summary>
public sealed record ReceiptBatch(SignedStatement Statement, SignedReceipt[] Receipts)
{
    /// <summary>More receipts are closed by more than one statement.</summary>
    public const int MaxReceipts = 16_384;

    const int HeadSize = 20 + 8 + 8 + 32 + 32 + Totals.BinarySize + Signature.Size;
    const int ReceiptSize = Receipt.BinarySize + Signature.Size;

    /// <summary>The proof that this batch gives for the receipt at an index.</summary>
    public ReceiptProof Proof(int index) => new(Receipts[index], Statement, new SumTree(Receipts.Select(signed => signed.Receipt)).Proof(index));

    public byte[] Encode()
    {
        var bytes = new byte[HeadSize + Receipts.Length * ReceiptSize];
        WriteHead(bytes);
        for (var i = 0; i < Receipts.Length; i++)
        {
            var slot = bytes.AsSpan(HeadSize + i * ReceiptSize, ReceiptSize);
            Receipts[i].Receipt.ToBinary().CopyTo(slot);
            Receipts[i].Signature.ToArray().CopyTo(slot[Receipt.BinarySize..]);
        }
        using var target = new MemoryStream();
        using (var brotli = new BrotliStream(target, CompressionLevel.Optimal)) brotli.Write(bytes);
        return target.ToArray();
    }

    /// <summary>Reads a batch of anybody; whether its signatures and sums are right is for the checks to say.</summary>
    /// <exception cref="FormatException">Not such a batch, or longer than one can be.</exception>
    public static ReceiptBatch Decode(ReadOnlyMemory<byte> content)
    {
        var bytes = Decompress(content);
        if (bytes.Length < HeadSize || (bytes.Length - HeadSize) % ReceiptSize != 0) throw new FormatException($"{bytes.Length} bytes aren't a statement and whole receipts.");
        var receipts = new SignedReceipt[(bytes.Length - HeadSize) / ReceiptSize];
        for (var i = 0; i < receipts.Length; i++)
        {
            var slot = bytes.Slice(HeadSize + i * ReceiptSize, ReceiptSize);
            receipts[i] = new(Receipt.FromBinary(slot[..Receipt.BinarySize]), new Signature(slot[Receipt.BinarySize..]));
        }
        return new ReceiptBatch(ReadHead(bytes), receipts);
    }

    void WriteHead(Span<byte> rest)
    {
        var statement = Statement.Statement;
        statement.Provider.CopyTo(rest);
        BinaryPrimitives.WriteUInt64BigEndian(rest[20..], statement.FirstSequence);
        BinaryPrimitives.WriteUInt64BigEndian(rest[28..], statement.LastSequence);
        statement.Root.CopyTo(rest[36..]);
        Statement.Top.CopyTo(rest[68..]);
        Statement.Totals.CopyTo(rest[100..]);
        Statement.Signature.ToArray().CopyTo(rest[140..]);
    }

    static SignedStatement ReadHead(ReadOnlySpan<byte> head) => new(
        new Statement(new Address(head[..20]), BinaryPrimitives.ReadUInt64BigEndian(head[20..]), BinaryPrimitives.ReadUInt64BigEndian(head[28..]), new Bytes32(head[36..68])),
        new Bytes32(head[68..100]),
        new Totals(
            BinaryPrimitives.ReadUInt64BigEndian(head[100..]), BinaryPrimitives.ReadUInt64BigEndian(head[108..]),
            new TokenAmount(BinaryPrimitives.ReadUInt128BigEndian(head[116..])), BinaryPrimitives.ReadUInt64BigEndian(head[132..])),
        new Signature(head[140..205]));

    // A few hostile bytes can unpack to gigabytes: no more is read than a batch can hold.
    static ReadOnlySpan<byte> Decompress(ReadOnlyMemory<byte> content)
    {
        const int Most = HeadSize + MaxReceipts * ReceiptSize;
        using var brotli = new BrotliStream(new MemoryStream(content.ToArray()), CompressionMode.Decompress);
        using var target = new MemoryStream();
        var buffer = new byte[81_920];
        try
        {
            for (int read; (read = brotli.Read(buffer)) > 0;)
            {
                target.Write(buffer, 0, read);
                if (target.Length > Most) throw new FormatException($"A batch has at most {MaxReceipts} receipts.");
            }
        }
        catch (Exception broken) when (broken is InvalidDataException or InvalidOperationException)
        {
            throw new FormatException("The batch isn't Brotli.", broken);
        }
        return target.GetBuffer().AsSpan(0, (int)target.Length);
    }
}
