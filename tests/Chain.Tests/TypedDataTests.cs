using ProofMesh.Protocol;

namespace ProofMesh.Chain.Tests;

/// <summary>The mail is the example of EIP-712 itself (assets/eip-712/Example.js), with its digest and its signature.</summary>
public sealed class TypedDataTests
{
    const string Mail = """
        {"types":{"EIP712Domain":[{"name":"name","type":"string"},{"name":"version","type":"string"},{"name":"chainId","type":"uint256"},{"name":"verifyingContract","type":"address"}],
          "Person":[{"name":"name","type":"string"},{"name":"wallet","type":"address"}],
          "Mail":[{"name":"from","type":"Person"},{"name":"to","type":"Person"},{"name":"contents","type":"string"}]},
         "primaryType":"Mail","domain":{"name":"Ether Mail","version":"1","chainId":1,"verifyingContract":"0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC"},
         "message":{"from":{"name":"Cow","wallet":"0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826"},"to":{"name":"Bob","wallet":"0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB"},"contents":"Hello, Bob!"}}
        """;

    [Theory]
    [InlineData(Mail, "")]
    [InlineData("\"primaryType\":\"Mail\"", "\"primaryType\":\"Letter\"")]
    [InlineData("\"contents\":\"Hello, Bob!\"", "\"content\":\"Hello, Bob!\"")]
    [InlineData("\"contents\":\"Hello, Bob!\"", "\"contents\":7")]
    [InlineData("0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826", "0xCD2a")]
    [InlineData("\"chainId\":1", "\"chainId\":-1")]
    [InlineData("\"chainId\":1", "\"chainId\":1.5")]
    [InlineData("\"chainId\":1", "\"chainId\":\"0x10000000000000000000000000000000000000000000000000000000000000000\"")]
    [InlineData("{\"name\":\"contents\",\"type\":\"string\"}", "{\"name\":\"contents\",\"type\":\"uint7\"}")]
    [InlineData("{\"name\":\"contents\",\"type\":\"string\"}", "{\"name\":\"contents\",\"type\":\"string[]\"}")]
    [InlineData("{\"name\":\"contents\",\"type\":\"string\"}", "{\"name\":\"contents\",\"type\":\"]\"}")]
    [InlineData("\"domain\"", "\"realm\"")]
    [InlineData("\"types\":{", "\"types\":[],\"x\":{")]
    public void What_is_no_typed_data_is_refused(string part, string other) =>
        Assert.Throws<FormatException>(() => TypedData.Parse(Mail.Replace(part, other, StringComparison.Ordinal)).Digest());

    [Fact]
    public void A_list_of_another_length_than_its_type_is_refused() => Assert.Throws<FormatException>(() => TypedData.Parse("""
        {"types":{"Pair":[{"name":"items","type":"uint8[2]"}]},"primaryType":"Pair","domain":{},"message":{"items":[1,2,3]}}
        """).Digest());

    [Fact]
    public void A_type_that_holds_itself_ends_where_its_value_does() => Assert.Throws<FormatException>(() => TypedData.Parse("""
        {"types":{"Node":[{"name":"next","type":"Node"}]},"primaryType":"Node","domain":{},"message":{"next":{"next":{}}}}
        """).Digest());

    [Fact]
    public void The_example_of_the_EIP_has_its_digest_and_signature()
    {
        var data = TypedData.Parse(Mail);
        Assert.Equal("Mail(Person from,Person to,string contents)Person(string name,address wallet)", data.EncodeType("Mail"));
        Assert.Equal("0xbe609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2", data.Digest().ToString());
        var cow = Account.FromPrivateKey(Keccak256.Hash("cow"u8).ToArray());
        Assert.Equal("0x4355c47d63924e8a72e509b65029052eb6c299d53a04e167c5775fd466751c9d07299936d304c153f6443dfa05f40ff007d72911b6f72307f996231605b915621c", cow.SignTypedData(Mail).ToString());
    }

    [Fact]
    public void The_protocols_own_messages_hash_alike_both_ways()
    {
        var rail = new Rail(31337, default, default, Samples.Account(1), Samples.Account(2));
        var voucher = new Voucher(Samples.Account(3), Samples.Account(4), new TokenAmount(5), Samples.Word(6));
        var json = $$$"""
            {"types":{"Voucher":[{"name":"payer","type":"address"},{"name":"node","type":"address"},{"name":"cumulative","type":"uint128"},{"name":"receipt","type":"bytes32"}]},
             "primaryType":"Voucher","domain":{"name":"ProofMesh","version":"1","chainId":"31337","verifyingContract":"{{{rail.Settlement}}}"},
             "message":{"payer":"{{{voucher.Payer}}}","node":"{{{voucher.Node}}}","cumulative":"0x5","receipt":"{{{voucher.Receipt}}}"}}
            """;
        Assert.Equal(voucher.Digest(rail), TypedData.Parse(json).Digest());
    }
}
