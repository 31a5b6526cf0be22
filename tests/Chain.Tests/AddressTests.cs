using ProofMesh.Protocol;

namespace ProofMesh.Chain.Tests;

/// <summary>The test cases of EIP-55; addresses of created contracts from the Yellow Paper's rule as geth's crypto tests have them.</summary>
public sealed class AddressTests
{
    public static TheoryData<string> Checksummed => new(
        "0x52908400098527886E0F7030069857D2E4169EE7", "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
        "0xde709f2102306220921060314715629080e2fb77", "0x27b1fdb04752bbc536007a920d24acb045561c26",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb");

    [Theory]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD")]
    [InlineData("0xD1220a0cf47c7B9Be7A2E6BA89F429762e7b9aDb")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeA")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed00")]
    [InlineData("0xg2908400098527886E0F7030069857D2E4169EE7")]
    [InlineData("")]
    public void A_wrong_checksum_or_length_is_refused(string text) => Assert.False(Address.TryParse(text, out _));

    [Theory]
    [MemberData(nameof(Checksummed))]
    public void The_checksum_is_written_and_demanded_only_of_mixed_case(string text)
    {
        Assert.Equal(text, Address.Parse(text).ToString());
        Assert.Equal(text, Address.Parse(text.ToLowerInvariant()).ToString());
    }

    [Theory]
    [InlineData(0, "0x333c3310824b7c685133f2bedb2ca4b8b4df633d")]
    [InlineData(1, "0x8bda78331c916a08481428e4b07c96d3e916d165")]
    [InlineData(2, "0xc9ddedf451bc62ce88bf9292afb13df35b670699")]
    public void A_contracts_address_follows_from_its_creator_and_nonce(ulong nonce, string address) =>
        Assert.Equal(Address.Parse(address), CreatedAddress.Of(Address.Parse("0x970E8128AB834E8EAC17Ab8E3812F010678CF791"), nonce));
}
