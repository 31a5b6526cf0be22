using ProofMesh.Settlement;

namespace ProofMesh.Settlement_Tests;

public sealed class FeeTests
{
    static readonly FeeOptions Options = new() { MaxFeePerGas = 100, LeastTip = 2 };

    [Fact]
    public void Nothing_is_sent_while_the_chain_asks_for_more_than_is_allowed() => Assert.Null(Fee.First(99, 2, Options));

    [Theory]
    [InlineData(10, 1, 22, 2)]
    [InlineData(10, 5, 25, 5)]
    [InlineData(60, 5, 100, 5)]
    public void A_first_fee_outlives_a_doubled_base_fee(ulong baseFee, ulong suggested, ulong max, ulong tip) =>
        Assert.Equal(new Fee(max, tip), Fee.First(baseFee, suggested, Options));

    [Fact]
    public void A_replacement_pays_an_eighth_more_as_pools_demand()
    {
        var next = new Fee(40, 8).Next(baseFee: 1, suggestedTip: 1, Options)!.Value;

        Assert.True(next.Max * 8 >= 40 * 9 && next.Tip * 8 >= 8 * 9);
    }

    [Fact]
    public void A_replacement_follows_the_market_up_to_the_limit()
    {
        Assert.Equal(new Fee(90, 10), new Fee(20, 2).Next(baseFee: 40, suggestedTip: 10, Options));
        Assert.Equal(new Fee(100, 10), new Fee(80, 2).Next(baseFee: 80, suggestedTip: 10, Options));
    }

    [Fact]
    public void No_replacement_is_made_that_a_pool_would_refuse() => Assert.Null(new Fee(95, 2).Next(baseFee: 40, suggestedTip: 2, Options));
}
