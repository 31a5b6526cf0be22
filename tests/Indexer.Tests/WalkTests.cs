using ProofMesh.Indexer;

namespace ProofMesh.Indexer_Tests;

public sealed class WalkTests
{
    [Theory]
    [InlineData(10, 10)]
    [InlineData(10, 9)]
    public void Nothing_is_read_when_the_chain_has_not_grown(ulong cursor, ulong head) => Assert.Null(Walk.Next(cursor, head, 64, 500));

    [Theory]
    [InlineData(0, 10_000, 1, 500)]
    [InlineData(9_800, 10_000, 9_801, 9_936)]
    public void Old_blocks_are_read_by_ranges_up_to_where_the_head_is_near(ulong cursor, ulong head, ulong from, ulong to) =>
        Assert.Equal(new Stretch(from, to, ByHash: false), Walk.Next(cursor, head, 64, 500));

    [Theory]
    [InlineData(9_936, 10_000, 9_937, 9_968)]
    [InlineData(9_999, 10_000, 10_000, 10_000)]
    [InlineData(0, 5, 1, 5)]
    public void Blocks_near_the_head_are_read_by_their_hashes(ulong cursor, ulong head, ulong from, ulong to) =>
        Assert.Equal(new Stretch(from, to, ByHash: true), Walk.Next(cursor, head, 64, 500));

    [Fact]
    public void A_range_doubles_up_to_its_limit_and_halves_when_it_held_too_much()
    {
        Assert.Equal(1_000, Walk.Longer(500, logs: 10, largest: 5_000));
        Assert.Equal(5_000, Walk.Longer(4_000, logs: 10, largest: 5_000));
        Assert.Equal(250, Walk.Longer(500, logs: 20_000, largest: 5_000));
        Assert.Equal(1, Walk.Shorter(1));
    }

    [Theory]
    [InlineData(100, 12, 88)]
    [InlineData(5, 12, 0)]
    [InlineData(5, 0, 5)]
    public void A_block_is_confirmed_by_those_on_top_of_it(ulong head, ulong confirmations, ulong confirmed) =>
        Assert.Equal(confirmed, Walk.Confirmed(head, confirmations));
}
