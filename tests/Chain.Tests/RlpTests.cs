using ProofMesh.Protocol;

namespace ProofMesh.Chain.Tests;

/// <summary>Vectors of the Ethereum wiki's RLP page and of ethereum/tests (RLPTests/rlptest.json and invalidRLPTest.json).</summary>
public sealed class RlpTests
{
    [Theory]
    [InlineData("", "truncated: nothing at all")]
    [InlineData("8100", "a byte below 0x80 with a prefix")]
    [InlineData("817f", "a byte below 0x80 with a prefix")]
    [InlineData("83646f", "truncated string")]
    [InlineData("c483646f67ff", "trailing byte")]
    [InlineData("b800", "long form of a short string")]
    [InlineData("b90037", "length with a leading zero")]
    [InlineData("bfffffffffffffffff", "a length of 2^64 - 1")]
    [InlineData("fb7fffffff", "a list of 2 GiB that isn't there")]
    [InlineData("c48363617", "odd digits")]
    [InlineData("c3840102", "an item that reaches beyond its list")]
    [InlineData("dad9d8d7d6d5d4d3d2d1d0cfcecdcccbcac9c8c7c6c5c4c3c2c1c0", "nested too deeply")]
    public void Malformed_data_is_refused(string hex, string why)
    {
        var refusal = Record.Exception(() => Rlp.Decode(Hex.Decode(hex)));
        Assert.True(refusal is FormatException, $"{why}: {refusal?.Message ?? "was accepted"}");
    }

    [Theory]
    [InlineData("83646f67", "dog")]
    [InlineData("80", "")]
    [InlineData("0f", "\u000f")]
    [InlineData("b8384c6f72656d20697073756d20646f6c6f722073697420616d65742c20636f6e7365637465747572206164697069736963696e6720656c6974", "Lorem ipsum dolor sit amet, consectetur adipisicing elit")]
    public void Strings_are_written_and_read(string hex, string text)
    {
        Assert.Equal("0x" + hex, Hex.Encode(Rlp.Encode(System.Text.Encoding.UTF8.GetBytes(text))));
        Assert.Equal(text, System.Text.Encoding.UTF8.GetString(Rlp.Decode(Hex.Decode(hex)).Bytes!));
    }

    [Theory]
    [InlineData("80", 0)]
    [InlineData("0f", 15)]
    [InlineData("7f", 127)]
    [InlineData("8180", 128)]
    [InlineData("820400", 1024)]
    [InlineData("88ffffffffffffffff", ulong.MaxValue)]
    public void Integers_have_no_leading_zeros(string hex, ulong number) => Assert.Equal("0x" + hex, Hex.Encode(Rlp.Encode(number)));

    [Fact]
    public void Lists_nest()
    {
        RlpItem empty = new(Array.Empty<RlpItem>());
        RlpItem three = new(empty, new RlpItem(empty), new RlpItem(empty, new RlpItem(empty)));
        Assert.Equal("0xc7c0c1c0c3c0c1c0", Hex.Encode(Rlp.Encode(three)));
        Assert.Equal(3, Rlp.Decode(Hex.Decode("c7c0c1c0c3c0c1c0")).Items!.Length);
        RlpItem animals = new("cat"u8.ToArray(), "dog"u8.ToArray());
        Assert.Equal("0xc88363617483646f67", Hex.Encode(Rlp.Encode(animals)));
    }

    [Fact]
    public void A_long_list_takes_the_bytes_of_its_length()
    {
        RlpItem list = new([.. Enumerable.Repeat((RlpItem)new byte[32], 2000)]);
        var encoded = Rlp.Encode(list);
        Assert.Equal("0xfa0101d0a0", Hex.Encode(encoded.AsSpan(0, 5)));
        Assert.Equal(2000, Rlp.Decode(encoded).Items!.Length);
    }
}
