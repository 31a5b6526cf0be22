using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;
using ProofMesh.Testing;

namespace ProofMesh.Chain.Tests;

/// <summary>Subscriptions over a WebSocket, through losses of the connection and of the node.</summary>
public sealed class SubscriptionTests(RailFixture rail)
{
    static CancellationTokenSource Patience() => new(TimeSpan.FromSeconds(40));

    [Fact]
    public async Task A_first_connection_that_fails_is_told_at_once()
    {
        await using var rpc = new WebSocketRpc(new Uri("ws://127.0.0.1:1/secret-key"));
        var failure = await Assert.ThrowsAsync<TransportException>(async () => { await foreach (var _ in rpc.SubscribeNewHeadsAsync()) { } });
        Assert.DoesNotContain("secret-key", failure.Message);
    }

    [Fact]
    public async Task A_message_beyond_the_limit_ends_the_connection_and_the_next_call_opens_another()
    {
        await using var web3 = new Web3(rail.Chain.WebSocketUrl, new RpcOptions { MaxResponseBytes = 20_000 });
        await Assert.ThrowsAsync<TransportException>(() => web3.Eth.GetCodeAsync(rail.Rail.Settlement));
        Assert.Equal(LocalChain.ChainId, await web3.Eth.GetChainIdAsync());
    }

    [Fact]
    public async Task A_disposed_client_refuses()
    {
        var rpc = new WebSocketRpc(new Uri(rail.Chain.WebSocketUrl));
        await rpc.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => rpc.SendAsync(new("eth_chainId")));
    }

    [Fact]
    public async Task Many_calls_share_one_connection()
    {
        await using var web3 = new Web3(rail.Chain.WebSocketUrl);
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => web3.Eth.GetChainIdAsync()));
        Assert.All(answers, id => Assert.Equal(LocalChain.ChainId, id));
    }

    [Fact]
    public async Task New_heads_follow_each_other()
    {
        using var patience = Patience();
        await using var rpc = new WebSocketRpc(new Uri(rail.Chain.WebSocketUrl));
        var heads = new List<Block>();
        await foreach (var head in rpc.SubscribeNewHeadsAsync(patience.Token))
        {
            heads.Add(head);
            if (heads.Count == 4) break;
        }
        Assert.All(heads.Zip(heads.Skip(1)), pair => Assert.Equal((pair.First.Number + 1, pair.First.Hash), (pair.Second.Number, pair.Second.ParentHash)));
    }

    [Fact]
    public async Task Logs_arrive_through_their_filter_and_decode()
    {
        using var patience = Patience();
        var web3 = await rail.CustomerAsync();
        await using var rpc = new WebSocketRpc(new Uri(rail.Chain.WebSocketUrl));
        var mine = new byte[32];
        web3.Account!.Address.CopyTo(mine.AsSpan(12));
        var filter = new LogFilter { Addresses = [rail.Rail.Escrow], Topics = [[DepositedEvent.Topic], [new Bytes32(mine)]] };
        await using var logs = rpc.SubscribeLogsAsync(filter, patience.Token).GetAsyncEnumerator(patience.Token);
        var next = logs.MoveNextAsync().AsTask();
        // The subscription may begin after a first deposit, and then knows nothing of it.
        while (!next.IsCompleted) await new EscrowContract(web3, rail.Rail.Escrow).DepositAsync(new TokenAmount(77), patience.Token);
        Assert.Equal(new DepositedEvent(web3.Account.Address, web3.Account.Address, new(77)), EscrowContract.DecodeEvent(logs.Current));
    }

    [Fact]
    public async Task Subscriptions_go_on_after_the_node_was_away_and_miss_no_log()
    {
        using var patience = Patience();
        var state = Path.GetTempFileName();
        File.Delete(state);
        var chain = await LocalChain.StartAsync(stateFile: state);
        try
        {
            var token = await TestTetherContract.DeployAsync(chain.As(LocalChain.Account(0)), new TokenAmount(1000), "Tether USD", "USDT", 6, patience.Token);
            await using var rpc = new WebSocketRpc(new Uri(chain.WebSocketUrl));
            await using var logs = rpc.SubscribeLogsAsync(new() { Addresses = [token.Address] }, patience.Token).GetAsyncEnumerator(patience.Token);
            var first = logs.MoveNextAsync().AsTask();
            while (!first.IsCompleted) await TransferAsync(chain, 1);
            var seen = new List<Log> { logs.Current };

            await chain.DisposeAsync();
            var next = logs.MoveNextAsync();
            chain = await LocalChain.StartAsync(port: chain.Port, stateFile: state);
            await TransferAsync(chain, 2);
            await TransferAsync(chain, 3);
            for (; await next && Value(logs.Current) != new TokenAmount(3); next = logs.MoveNextAsync()) seen.Add(logs.Current);

            Assert.Equal(seen.Count, seen.DistinctBy(log => (log.BlockHash, log.LogIndex)).Count());
            Assert.Equal(new TokenAmount(2), Value(seen[^1]));
            Assert.All(seen.SkipLast(1), log => Assert.Equal(new TokenAmount(1), Value(log)));

            Task TransferAsync(LocalChain on, ulong units) =>
                new TestTetherContract(on.As(LocalChain.Account(0)), token.Address).TransferAsync(LocalChain.Account(1).Address, new TokenAmount(units), patience.Token);
        }
        finally
        {
            await chain.DisposeAsync();
            File.Delete(state);
        }
    }

    static TokenAmount Value(Log log) => Assert.IsType<TransferEvent>(TestTetherContract.DecodeEvent(log)).Value;
}
