using ProofMesh.Protocol;

namespace ProofMesh.Cli.Tests;

public sealed class AmountTests
{
    [Theory]
    [InlineData("")]
    [InlineData(" 1")]
    [InlineData("1,5")]
    [InlineData(".5")]
    [InlineData("5.")]
    [InlineData("+5")]
    [InlineData("0x10")]
    [InlineData("0.000000")]
    [InlineData("0.0000001")]
    [InlineData("340282366920938463463374607431768211456")]
    public void What_is_no_amount_is_refused(string text) => Assert.Throws<CommandException>(() => Amount.Parse(text, Receipts.Rail));

    [Theory]
    [InlineData("1", 1_000_000)]
    [InlineData("12.5", 12_500_000)]
    [InlineData("0.000001", 1)]
    [InlineData("007", 7_000_000)]
    public void Whole_tokens_become_base_units(string text, ulong units) => Assert.Equal(new TokenAmount(units), Amount.Parse(text, Receipts.Rail));

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(-1)]
    [InlineData(double.PositiveInfinity)]
    public void Days_that_are_none_are_refused(double days) => Assert.Throws<CommandException>(() => Amount.InDays(days));

    [Fact]
    public void Text_of_strangers_cannot_steer_the_terminal() => Assert.Equal("a[2Jb\nc\td🙂", Output.Plain("a\u001b[2J\u009bb\r\nc\td🙂\u0007"));
}
