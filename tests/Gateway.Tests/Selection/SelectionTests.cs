using ProofMesh.Gateway;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway_Tests;

public sealed class SelectionTests
{
    const ulong Now = 1_800_000_000;
    static readonly Need Usual = new(100, 100, new TokenAmount(1000), null, Now);
    static readonly Candidate Good = Named(1);

    public static TheoryData<string, object> Unfit => new()
    {
        { "unhealthy", Good with { Healthy = false } },
        { "too little stake", Good with { Stake = new TokenAmount(999) } },
        { "quote has ended", Good with { Offer = Offer(Good.Node, validUntil: Now + 1) } },
        { "answers are too short", Good with { Offer = Offer(Good.Node, maxTokens: 99) } },
        { "context is too small", Good with { Offer = Offer(Good.Node, context: 100) } },
    };

    [Theory]
    [MemberData(nameof(Unfit))]
    public void What_doesnt_fit_is_never_chosen(string why, object candidate) => Assert.True(Selection.Rank([(Candidate)candidate], Usual, 0).Count == 0, why);

    [Fact]
    public void A_price_above_the_customers_is_never_chosen() =>
        Assert.Empty(Selection.Rank([Good], Usual with { MostPrices = new(9, 9, 9) }, 0));

    public static TheoryData<string, object, object> Better => new()
    {
        { "higher level", Good with { Level = Level.Gold }, Named(2) },
        { "less load", Good, Named(2) with { Busy = 8, Queued = 4 } },
        { "more tokens a second", Good with { TokensPerSecond = 100 }, Named(2) with { TokensPerSecond = 20 } },
        { "sooner first token", Good with { FirstTokenMs = 100 }, Named(2) with { FirstTokenMs = 2000 } },
        { "lower price", Good, Named(2) with { Offer = Offer(Named(2).Node, price: 40) } },
        { "no failure lately", Good, Named(2) with { Lowered = true, Level = Level.Master } },
    };

    [Theory]
    [MemberData(nameof(Better))]
    public void The_better_node_comes_first(string why, object better, object worse)
    {
        foreach (var draw in new[] { 0, 0.5, 0.999 })
            Assert.True(Selection.Rank([(Candidate)worse, (Candidate)better], Usual, draw)[0].Node == ((Candidate)better).Node, why);
    }

    [Fact]
    public void Equal_nodes_share_the_work_by_lot()
    {
        var nodes = Enumerable.Range(1, 4).Select(number => Named((byte)number)).ToArray();

        var firsts = Enumerable.Range(0, 400).Select(i => Selection.Rank(nodes, Usual, i / 400.0)[0].Node).GroupBy(node => node).ToDictionary(group => group.Key, group => group.Count());

        Assert.Equal([100, 100, 100, 100], firsts.Values);
    }

    [Fact]
    public void All_that_fit_are_kept_for_failing_over()
    {
        var ranked = Selection.Rank([Named(1), Named(2) with { Busy = 100 }, Named(3) with { Healthy = false }, Named(4) with { Lowered = true }], Usual, 0.3);

        Assert.Equal([Named(1).Node, Named(2).Node, Named(4).Node], ranked.Select(candidate => candidate.Node));
    }

    [Fact]
    public void A_failure_lowers_a_node_longer_each_time_and_a_success_forgives_it()
    {
        var now = DateTimeOffset.UnixEpoch;
        var once = new TrackRecord().Failed(now);
        var twice = once.Failed(now);

        Assert.True(twice.LoweredUntil > once.LoweredUntil && once.LoweredUntil > now);
        Assert.True(Enumerable.Range(0, 50).Aggregate(twice, (record, _) => record.Failed(now)).LoweredUntil <= now.AddMinutes(5));
        Assert.Equal(default, twice.Served(10).LoweredUntil);
        Assert.True(new TrackRecord().Cheated(now).LoweredUntil >= now.AddHours(1));
    }

    static Candidate Named(byte number)
    {
        var node = TestGateway.Party(number);
        return new(node, TestGateway.Party((byte)(number + 100)), Offer(node), true, new TokenAmount(5000), Level.Unverified, 0, 0, 8, 50, 300, false);
    }

    static Offer Offer(Address node, ulong price = 10, ulong validUntil = Now + 60, uint maxTokens = 1000, uint context = 4096)
    {
        var manifest = new ModelManifest("echo", context, "test", "cpu-f32", Bytes32.Zero, []);
        return new(manifest, new(new Quote(node, manifest.Digest(), price, price, price, validUntil, Bytes32.Zero), default), maxTokens);
    }
}
