using System.IO.Compression;

namespace ProofMesh.Protocol.Tests;

public sealed class ReceiptBatchTests
{
    static readonly SignedStatement Statement = new(
        new Statement(Address.Parse($"0x{7:x40}"), 5, 6, Bytes32.Random()), Bytes32.Random(), new Totals(1, 2, TokenAmount.Max, 4), new Signature(Bytes32.Random(), Bytes32.Random(), 28));

    [Theory]
    [InlineData(0)]
    [InlineData(204)]
    [InlineData(206)]
    [InlineData(205 + 389)]
    public void Bytes_that_are_no_whole_receipts_are_refused(int length) =>
        Assert.Throws<FormatException>(() => ReceiptBatch.Decode(Compress(new byte[length])));

    [Fact]
    public void What_is_not_compressed_is_refused() => Assert.Throws<FormatException>(() => ReceiptBatch.Decode(new byte[300]));

    [Fact]
    public void A_few_bytes_that_unpack_to_more_than_a_batch_can_hold_are_refused() =>
        Assert.Throws<FormatException>(() => ReceiptBatch.Decode(Compress(new byte[64 << 20])));

    [Fact]
    public void A_receipt_with_a_status_that_does_not_exist_is_refused()
    {
        var bytes = new byte[205 + 390];
        bytes[205 + 324] = 9;

        Assert.Throws<FormatException>(() => ReceiptBatch.Decode(Compress(bytes)));
    }

    [Fact]
    public void A_batch_comes_back_as_it_was_published()
    {
        var batch = new ReceiptBatch(Statement, [Receipt(5), Receipt(6)]);

        var back = ReceiptBatch.Decode(batch.Encode());

        Assert.Equal(batch.Statement, back.Statement);
        Assert.Equal(batch.Receipts, back.Receipts);
    }

    [Fact]
    public void A_batch_proves_each_of_its_receipts()
    {
        var receipts = Enumerable.Range(0, 5).Select(i => Receipt((ulong)i + 5)).ToArray();
        var proof = new ReceiptBatch(Statement, receipts).Proof(3);

        Assert.True(SumTree.Verify(new SumTree(receipts.Select(signed => signed.Receipt)).Root, 5, 3, SumTree.Leaf(proof.Receipt.Receipt), proof.Path));
    }

    static SignedReceipt Receipt(ulong sequence) => new(
        new Receipt(Bytes32.Random(), default, default, sequence, default, default, default, default, default, 1, 0, 1, 1, 1, 1, new TokenAmount(1), new TokenAmount(1), 1, 1, 1, ReceiptStatus.Length),
        new Signature(Bytes32.Random(), Bytes32.Random(), 27));

    static byte[] Compress(byte[] bytes)
    {
        using var target = new MemoryStream();
        using (var brotli = new BrotliStream(target, CompressionLevel.Fastest)) brotli.Write(bytes);
        return target.ToArray();
    }
}
