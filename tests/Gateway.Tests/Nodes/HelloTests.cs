using ProofMesh.Chain;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway_Tests;

public sealed class HelloTests(PlainGateway fixture) : IClassFixture<PlainGateway>
{
    [Fact]
    public async Task A_node_of_another_version_is_refused() =>
        await RefusedAsync(NodeFault.WrongVersion, (hello, _) => hello with { Version = 2 });

    [Fact]
    public async Task A_hello_that_another_key_signed_is_refused()
    {
        using var stranger = Account.Generate();
        await RefusedAsync(NodeFault.BadSignature, (hello, _) => hello with { Signature = stranger.Sign(Bytes32.Random()) });
    }

    [Fact]
    public async Task A_hello_for_another_challenge_is_refused()
    {
        await using var node = new TestNode();
        await RefusedAsync(NodeFault.BadSignature, (hello, _) => hello with { Signature = node.Key.Sign(new Hello(node.Key.Address, node.Provider.Address, Bytes32.Random()).Digest(TestGateway.Rail)) }, node);
    }

    [Fact]
    public async Task A_hello_for_another_rail_is_refused()
    {
        await using var node = new TestNode();
        var (here, other) = (TestGateway.Rail, new Rail(1, TestGateway.Rail.Token, TestGateway.Rail.Escrow, TestGateway.Rail.Staking, TestGateway.Rail.Settlement));
        Hello Hello(Bytes32 challenge) => new(node.Key.Address, node.Provider.Address, challenge);
        await RefusedAsync(NodeFault.BadSignature, (hello, challenge) => hello with { Signature = node.Key.Sign(Hello(challenge).Digest(other)) }, node);
        Assert.NotEqual(Hello(Bytes32.Zero).Digest(here), Hello(Bytes32.Zero).Digest(other));
    }

    [Fact]
    public async Task A_node_that_nobody_registered_is_refused()
    {
        await using var node = new TestNode();
        var fault = Assert.IsType<FaultFrame>(await node.DialAsync(fixture.Gateway));
        Assert.Equal(NodeFault.NotStaked, fault.Fault);
    }

    [Fact]
    public async Task A_node_with_too_little_stake_is_refused()
    {
        await using var node = new TestNode();
        await RefusedAsync(NodeFault.NotStaked, (hello, _) => hello, node, stake: 999);
    }

    [Fact]
    public async Task A_node_that_names_another_provider_is_refused()
    {
        await using var node = new TestNode();
        await fixture.Gateway.RegisterAsync(TestGateway.Party(77), node.Key.Address, 5000);
        var fault = Assert.IsType<FaultFrame>(await node.DialAsync(fixture.Gateway));
        Assert.Equal(NodeFault.NotStaked, fault.Fault);
    }

    [Fact]
    public async Task A_node_without_offers_is_refused() =>
        await RefusedAsync(NodeFault.BadFrame, (hello, _) => hello with { Offers = [] });

    [Fact]
    public async Task A_quote_that_ended_is_refused() =>
        await RefusedAsync(NodeFault.StaleQuote, (hello, _) => hello, new TestNode { QuoteLifetime = 0 });

    [Fact]
    public async Task A_quote_for_another_manifest_is_refused() =>
        await RefusedAsync(NodeFault.UnknownModel, (hello, _) => hello with { Offers = [hello.Offers[0] with { Manifest = hello.Offers[0].Manifest with { Scheme = "torch-f32" } }] });

    [Fact]
    public async Task A_price_that_the_node_didnt_sign_is_refused() =>
        await RefusedAsync(NodeFault.BadSignature, (hello, _) => hello with { Offers = [hello.Offers[0] with { Quote = hello.Offers[0].Quote with { Quote = hello.Offers[0].Quote.Quote with { OutputPrice = 1 } } }] });

    [Fact]
    public async Task Anything_but_hello_is_refused()
    {
        await using var node = new TestNode();
        await RefusedAsync(NodeFault.BadFrame, (_, _) => null, node);
    }

    [Fact]
    public async Task A_node_that_dials_again_replaces_itself()
    {
        await using var first = await TestNode.JoinAsync(fixture.Gateway);
        var before = fixture.Gateway.Service<Gateway.Mesh>().Picture.Nodes[first.Key.Address];
        await using var second = new TestNode { Key = first.Key, Provider = first.Provider };

        Assert.IsType<WelcomeFrame>(await second.DialAsync(fixture.Gateway));

        for (var i = 0; i < 500 && fixture.Gateway.Service<Gateway.Mesh>().Picture.Nodes[first.Key.Address] == before; i++) await Task.Delay(5);
        Assert.NotSame(before, fixture.Gateway.Service<Gateway.Mesh>().Picture.Nodes[first.Key.Address]);
    }

    async Task RefusedAsync(NodeFault expected, Func<HelloFrame, Bytes32, HelloFrame?> change, TestNode? given = null, ulong stake = 5000)
    {
        await using var node = given ?? new TestNode();
        await fixture.Gateway.RegisterAsync(node.Provider.Address, node.Key.Address, stake);
        var fault = Assert.IsType<FaultFrame>(await node.DialAsync(fixture.Gateway, change));
        Assert.Equal(expected, fault.Fault);
        Assert.DoesNotContain(node.Key.Address, fixture.Gateway.Service<Gateway.Mesh>().Picture.Nodes.Keys);
    }
}
