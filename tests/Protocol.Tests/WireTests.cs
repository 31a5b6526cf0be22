using System.Text;
using System.Text.Json;

namespace ProofMesh.Protocol.Tests;

public sealed class WireTests
{
    static readonly Address Node = Address.Parse("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed");
    static readonly Signature Signature = new(Bytes32.Random(), Bytes32.Random(), 27);

    [Theory]
    [InlineData("", "empty")]
    [InlineData("null", "null")]
    [InlineData("[]", "a list")]
    [InlineData("{}", "no kind")]
    [InlineData("""{"t":"nothing"}""", "an unknown kind")]
    [InlineData("""{"t":"cancel"}""", "a missing field")]
    [InlineData("""{"t":"cancel","id":"0x12"}""", "a short id")]
    [InlineData("""{"t":"cancel","id":7}""", "a number for an id")]
    [InlineData("""{"t":"welcome","version":"1"}""", "a text for a number")]
    public void What_is_no_frame_is_refused(string json, string why)
    {
        Assert.NotEmpty(why);
        Assert.Throws<JsonException>(() => Wire.Decode(Encoding.UTF8.GetBytes(json)));
    }

    [Fact]
    public void A_frame_over_the_limit_is_refused() =>
        Assert.Throws<JsonException>(() => Wire.Decode(new byte[Wire.MaxFrameBytes + 1]));

    public static TheoryData<Frame> Frames =>
    [
        new ChallengeFrame(1, Bytes32.Random(), 31337, Node),
        new WelcomeFrame(1),
        new LoadFrame(1, 2, 3, 0.5, 0.25, true, 12.5),
        new ChunkFrame(Bytes32.Random(), 0, [1, 2], "né\n", 7, [new("0x6e", -0.5, [new("0x6f", -1.25)]), new("0xc3a9", 0, [])]),
        new NeedVoucherFrame(Bytes32.Random(), new(12), 3, 4, null),
        new VoucherFrame(Bytes32.Random(), new(new(Node, Node, TokenAmount.Max, Bytes32.Zero), Signature)),
        new VouchersFrame([new(new(Node, Node, new(5), Bytes32.Random()), Signature)]),
        new CancelFrame(Bytes32.Random()),
        new FaultFrame(null, NodeFault.Overloaded, "busy", 250),
    ];

    [Theory]
    [MemberData(nameof(Frames))]
    public void A_frame_comes_back_as_it_was_sent(Frame frame)
    {
        var sent = Wire.Encode(frame);
        var back = Wire.Decode(sent);
        Assert.Equal(frame.GetType(), back.GetType());
        Assert.Equal(sent, Wire.Encode(back));
    }

    [Fact]
    public void Only_what_is_signed_travels_of_a_receipt()
    {
        var json = JsonSerializer.Serialize(Vectors.Receipt(Vectors.Read("receipts.json")[0]!["receipt"]!), WireJson.Default.Receipt);
        Assert.DoesNotContain("\"prices\"", json, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rail_that_is_changed_has_another_domain()
    {
        var rail = new Rail(1, Node, Node, Node, Node);
        Assert.NotEqual(rail.Domain, (rail with { ChainId = 2 }).Domain);
        Assert.Equal(new Rail(2, Node, Node, Node, Node).StakingDomain, (rail with { ChainId = 2 }).StakingDomain);
    }
}
