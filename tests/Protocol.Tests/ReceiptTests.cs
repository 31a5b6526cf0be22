using System.Text.Json.Nodes;

namespace ProofMesh.Protocol.Tests;

public sealed class ReceiptTests
{
    static readonly JsonNode File = Vectors.Read("receipts.json");

    [Theory]
    [InlineData(0)]
    [InlineData(324)]
    [InlineData(326)]
    public void A_binary_receipt_of_another_length_is_refused(int length) =>
        Assert.Throws<FormatException>(() => Receipt.FromBinary(new byte[length]));

    [Fact]
    public void A_status_that_does_not_exist_is_refused()
    {
        var bytes = new byte[Receipt.BinarySize];
        bytes[^1] = 6;
        Assert.Throws<FormatException>(() => Receipt.FromBinary(bytes));
    }

    [Fact]
    public void Binary_forms_struct_hashes_totals_and_leaves_agree() => Assert.All(File.Items(), item =>
    {
        var receipt = Vectors.Receipt(item["receipt"]!);
        Assert.Equal(item.Hash("structHash"), receipt.StructHash());
        Assert.Equal(item.Text("binary"), Hex.Encode(receipt.ToBinary()));
        if (receipt.Status <= ReceiptStatus.Refused) Assert.Equal(receipt, Receipt.FromBinary(receipt.ToBinary()));
        else Assert.Throws<FormatException>(() => Receipt.FromBinary(receipt.ToBinary()));
        Assert.Equal(Vectors.Totals(item["totals"]!), Totals.Of(receipt));
        Assert.Equal(item.Hash("leaf"), SumTree.Leaf(receipt).Hash);
    });
}
