using System.Numerics;
using System.Text;
using ProofMesh.Protocol;

namespace ProofMesh.Chain.Tests;

/// <summary>Encodings are the examples of Solidity's "Contract ABI Specification".</summary>
public sealed class AbiTests
{
    static byte[] Words(params string[] words) => Hex.Decode(string.Concat(words.Select(word => word.PadLeft(64, '0'))));

    [Theory]
    [InlineData("(address)", "10000000000000000000000000000000000000001")]
    [InlineData("(bool)", "2")]
    [InlineData("(uint8)", "100")]
    [InlineData("(uint256)", "")]
    [InlineData("(int8)", "80")]
    [InlineData("(bytes4)", "1")]
    [InlineData("(string)", "20 2 fffe000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("(bytes)", "20 21 0")]
    [InlineData("(bytes)", "20 ffffffffffffffff")]
    [InlineData("(bytes)", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    [InlineData("(bytes)", "80")]
    [InlineData("(uint256[])", "20 3 1 2")]
    [InlineData("(uint256[])", "20 7fffffff")]
    [InlineData("(string[])", "20 7fffffff")]
    [InlineData("(uint256[][])", "20 2 0 0")]
    [InlineData("(uint256[],uint256[])", "40 40 2 1 2")]
    public void Malformed_data_is_refused(string type, string words) =>
        Assert.Throws<FormatException>(() => Abi.Decode(AbiType.Parse(type), Words(words.Split(' ', StringSplitOptions.RemoveEmptyEntries))));

    [Fact]
    public void Arrays_that_share_their_elements_cannot_blow_a_message_up()
    {
        // Each level holds 20 pointers to the same next level: 20^6 elements out of two kilobytes.
        var words = new List<string> { "20" };
        for (var level = 0; level < 6; level++)
            words.AddRange(["14", .. Enumerable.Repeat((20 * 32).ToString("x"), 20)]);
        Assert.Throws<FormatException>(() => Abi.Decode(AbiType.Parse("(uint256[][][][][][])"), Words([.. words, "0"])));
    }

    [Theory]
    [InlineData("")]
    [InlineData("()")]
    [InlineData("(uint256")]
    [InlineData("(uint256,)")]
    [InlineData("uint256)")]
    [InlineData("uint7")]
    [InlineData("uint264")]
    [InlineData("uint08")]
    [InlineData("bytes0")]
    [InlineData("bytes33")]
    [InlineData("uint256[0]")]
    [InlineData("uint256[-1]")]
    [InlineData("uint256[")]
    [InlineData("address payable")]
    [InlineData("((((((((((((((((((uint8))))))))))))))))))")]
    public void What_is_no_type_is_refused(string text) => Assert.Throws<FormatException>(() => AbiType.Parse(text));

    public static TheoryData<string, object> Misfits => new()
    {
        { "uint8", 256 }, { "uint256", -1 }, { "int8", 128 }, { "int8", -129 }, { "uint256", BigInteger.One << 256 },
        { "bytes4", new byte[5] }, { "address", "0x00" }, { "uint8[2]", new object[] { 1 } }, { "bool", 1 }, { "(uint8,uint8)", new object[] { 1 } },
    };

    [Theory]
    [MemberData(nameof(Misfits))]
    public void A_value_that_does_not_fit_its_type_is_refused(string type, object value) =>
        Assert.Throws<ArgumentException>(() => Abi.Encode(AbiType.Parse($"({type})"), [value]));

    [Fact]
    public void The_examples_of_the_specification_are_met()
    {
        Assert.Equal("0xcdcd77c000000000000000000000000000000000000000000000000000000000000000450000000000000000000000000000000000000000000000000000000000000001",
            Hex.Encode(Abi.EncodeCall("baz(uint32,bool)", 69u, true)));
        Assert.Equal("0xfce353f661626300000000000000000000000000000000000000000000000000000000006465660000000000000000000000000000000000000000000000000000000000",
            Hex.Encode(Abi.EncodeCall("bar(bytes3[2])", new object[] { new object[] { "abc"u8.ToArray(), "def"u8.ToArray() } })));
        Assert.Equal(Hex.Encode([.. Hex.Decode("a5643bf2"), .. Words("60", "1", "a0", "4", "6461766500000000000000000000000000000000000000000000000000000000", "3", "1", "2", "3")]),
            Hex.Encode(Abi.EncodeCall("sam(bytes,bool,uint256[])", Encoding.UTF8.GetBytes("dave"), true, new object[] { 1, 2, 3 })));
        Assert.Equal(
            Hex.Encode([.. Hex.Decode("8be65246"), .. Words("123", "80", "3132333435363738393000000000000000000000000000000000000000000000", "e0", "2", "456", "789", "d", "48656c6c6f2c20776f726c642100000000000000000000000000000000000000")]),
            Hex.Encode(Abi.EncodeCall("f(uint256,uint32[],bytes10,bytes)", 0x123, new object[] { 0x456, 0x789 }, "1234567890"u8.ToArray(), "Hello, world!"u8.ToArray())));
    }

    [Fact]
    public void Errors_of_Solidity_itself_are_decoded()
    {
        Assert.Equal(new ErrorMessage("no"), ContractError.Decode(Abi.EncodeCall("Error(string)", "no")));
        Assert.Equal(new Panic(0x11), ContractError.Decode(Abi.EncodeCall("Panic(uint256)", 0x11)));
        Assert.Null(ContractError.Decode(Abi.Selector("Error(string)")));
        Assert.Null(ContractError.Decode(Abi.EncodeCall("Unheard(uint256)", 1)));
        Assert.Null(ContractError.Decode(Array.Empty<byte>()));
    }
}
