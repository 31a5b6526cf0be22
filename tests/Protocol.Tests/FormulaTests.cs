namespace ProofMesh.Protocol.Tests;

public sealed class FormulaTests
{
    [Fact]
    public void More_cached_than_prompt_tokens_have_no_fee() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Prices(1, 1, 1).FeeUp(1, 2, 1));

    [Fact]
    public void Fees_agree_over_all_boundaries() => Assert.All(Vectors.Read("fees.json").Items(), item =>
        Assert.Equal(item.Money("fee"), new Prices(item.Long("inputPrice"), item.Long("cachedPrice"), item.Long("outputPrice"))
            .FeeUp(item.Int("promptTokens"), item.Int("cachedTokens"), item.Int("completionTokens"))));

    [Fact]
    public void Points_agree_over_all_boundaries() => Assert.All(Vectors.Read("points.json").Items(), item =>
        Assert.Equal(item.Int("points"), Points.Of((ReceiptStatus)item.Int("status"), item.Int("promptTokens"), item.Int("durationMs"))));

    [Theory]
    [InlineData(0, Level.Unverified)]
    [InlineData(1, Level.Bronze)]
    [InlineData(99, Level.Bronze)]
    [InlineData(100, Level.Silver)]
    [InlineData(499, Level.Silver)]
    [InlineData(500, Level.Gold)]
    [InlineData(1_499, Level.Gold)]
    [InlineData(1_500, Level.Platinum)]
    [InlineData(3_999, Level.Platinum)]
    [InlineData(4_000, Level.Diamond)]
    [InlineData(9_999, Level.Diamond)]
    [InlineData(10_000, Level.Master)]
    public void Levels_begin_where_the_protocol_says(ulong score, Level level) => Assert.Equal(level, Score.LevelOf(score));

    [Theory]
    [InlineData("0", 250, "0")]
    [InlineData("1", 250, "1")]
    [InlineData("40", 250, "1")]
    [InlineData("41", 250, "2")]
    [InlineData("340282366920938463463374607431768211455", 500, "17014118346046923173168730371588410573")]
    public void Shares_are_rounded_up(string units, uint basisPoints, string share) =>
        Assert.Equal(UInt128.Parse(share), new TokenAmount(UInt128.Parse(units)).ShareUp(basisPoints).Units);

    [Theory]
    [InlineData("12.5", true, "12500000")]
    [InlineData("0.000001", true, "1")]
    [InlineData("7", true, "7000000")]
    [InlineData("0.0000001", false, "0")]
    [InlineData("-1", false, "0")]
    [InlineData("1e3", false, "0")]
    [InlineData("1.", false, "0")]
    [InlineData(".5", false, "0")]
    [InlineData("", false, "0")]
    public void Amounts_in_whole_tokens_are_read_exactly_or_not_at_all(string text, bool reads, string units)
    {
        Assert.Equal(reads, TokenAmount.TryParseTokens(text, 6, out var amount));
        Assert.Equal(UInt128.Parse(units), amount.Units);
    }
}
