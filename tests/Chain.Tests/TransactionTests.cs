using ProofMesh.Protocol;

namespace ProofMesh.Chain.Tests;

/// <summary>Vectors of ethereumjs (packages/tx/test/json/eip1559.json), which wrap the raw transaction in one more RLP string.</summary>
public sealed class TransactionTests
{
    const string Key = "0x8f2a55949038a9610f50fb23b5883af3b4ecb3c3bb792cbcefbd1542c692be63";
    const string First = "0xb87302f870821e8e8203338301284d8301d97c828ae094000000000000000000000000000000000000aaaa8402933bc980c080a0d067f2167008c59219652f91cbf8788dbca5f771f6e91e2b7657e85b78b472e0a01d305af9fe81fdba43f0dfcd400ed24dcace0a7e30d4e85701dcaaf484cd079e";

    [Theory]
    [InlineData("02", "01")]
    [InlineData("02f870", "f870")]
    [InlineData("02f870821e8e820333", "02f870821e8e820033")]
    [InlineData("94000000000000000000000000000000000000aaaa", "93000000000000000000000000000000000000aa")]
    [InlineData("c080a0d067", "c002a0d067")]
    [InlineData("80c080", "8080c0")]
    [InlineData("a01d305af9fe81fdba43f0dfcd400ed24dcace0a7e30d4e85701dcaaf484cd079e", "a0e2cfa506017e024abc0f2032bff12db135521f585cf2b1a8fe23550b7b743fa3")]
    [InlineData("a01d305af9fe81fdba43f0dfcd400ed24dcace0a7e30d4e85701dcaaf484cd079e", "80")]
    [InlineData("079e", "079e00")]
    public void What_is_not_the_one_form_of_a_signed_transaction_is_refused(string part, string other) =>
        Assert.Throws<FormatException>(() => SignedTransaction.Decode(Hex.Decode(Hex.Encode(Unwrapped(First))[2..].Replace(part, other, StringComparison.Ordinal))));

    [Fact]
    public void Nothing_is_no_transaction() => Assert.Throws<FormatException>(() => SignedTransaction.Decode([]));

    [Fact]
    public void A_signature_that_is_not_canonical_makes_no_transaction() =>
        Assert.Throws<ArgumentException>(() => new SignedTransaction(SignedTransaction.Decode(Unwrapped(First)).Transaction, default));

    [Theory]
    [InlineData(819, 43203529, 35552, 75853, 121212, First)]
    [InlineData(353, 61901619, 32593, 38850, 136295, "0xb87202f86f821e8e8201618297c283021467827f5194000000000000000000000000000000000000aaaa8403b08b3380c001a004205678f13fc1d7b10feea6513dfa76e24418b6e08097d95c6f93a3b64e536da01d45ad61bfece43862de2cce7d2575a8c1d08c26c87f3cb5f26d7b0be54a91b2")]
    [InlineData(985, 32531825, 68541, 66377, 136097, "0xb87402f871821e8e8203d983010349830213a183010bbd94000000000000000000000000000000000000aaaa8401f0657180c001a0e6d23c5ecc0f388a4d41a9523c3ad171e98083a61288c340b968dfe0903a6741a07319e8d54a4fd8f0c081d3ce093d869f9df598481991c8534bfd8f2c163884b4")]
    [InlineData(119, 65456115, 62341, 24721, 107729, "0xb87002f86d821e8e778260918301a4d182f38594000000000000000000000000000000000000aaaa8403e6c7f380c001a0e38e239770801eb995498c821e55ac9c19ae09184bb27b34be105e02fe3b7615a067c64ca6bd6d9107e85fd581ab2e70a14b637eb36505bb40861ef9d6e800cab6")]
    public void The_published_transactions_are_signed_to_the_byte(ulong nonce, ulong value, ulong gas, ulong tip, ulong most, string wrapped)
    {
        var account = Account.FromPrivateKey(Key);
        var signed = new Transaction(7822, nonce, tip, most, gas, Address.Parse("0x000000000000000000000000000000000000aaaa"), value, []).Sign(account);
        Assert.Equal(wrapped, Hex.Encode(Rlp.Encode(signed.Raw)));
        Assert.Equal(account.Address, SignedTransaction.Decode(Unwrapped(wrapped)).From);
    }

    static byte[] Unwrapped(string wrapped) => Rlp.Decode(Hex.Decode(wrapped)).Bytes!;
}
