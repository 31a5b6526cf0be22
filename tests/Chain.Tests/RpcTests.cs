using System.Net;
using ProofMesh.Protocol;
using ProofMesh.Testing;

namespace ProofMesh.Chain.Tests;

/// <summary>JSON-RPC over HTTP: what a node may not do to us, and what a real one answers.</summary>
public sealed class RpcTests(RailFixture rail)
{
    static readonly RpcOptions Narrow = new() { Timeout = TimeSpan.FromSeconds(5), MaxResponseBytes = 10_000 };

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("{")]
    [InlineData("7")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":\"0x1\"}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":\"1\",\"result\":\"0x1\"}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":1}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":null}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x\"}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0xzz\"}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x10000000000000000\"}")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":\"no\"}")]
    public async Task An_answer_that_is_no_answer_is_a_transport_failure(string body)
    {
        await using var node = new HostileNode(body);
        await using var web3 = new Web3(node.Url, Narrow);
        await Assert.ThrowsAsync<TransportException>(() => web3.Eth.GetBlockNumberAsync());
    }

    [Fact]
    public async Task An_answer_beyond_the_limit_is_not_read()
    {
        await using var node = new HostileNode("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x" + new string('0', 20_000) + "\"}");
        await using var web3 = new Web3(node.Url, Narrow);
        await Assert.ThrowsAsync<TransportException>(() => web3.Eth.GetBlockNumberAsync());
    }

    [Fact]
    public async Task A_node_that_never_answers_is_left()
    {
        await using var node = new HostileNode("", delay: TimeSpan.FromMinutes(1));
        await using var web3 = new Web3(node.Url, Narrow with { Timeout = TimeSpan.FromMilliseconds(300) });
        var failure = await Assert.ThrowsAsync<TransportException>(() => web3.Eth.GetBlockNumberAsync());
        Assert.Contains("0.3 s", failure.Message);
    }

    [Fact]
    public async Task The_callers_own_stop_is_no_failure_of_the_node()
    {
        await using var node = new HostileNode("", delay: TimeSpan.FromMinutes(1));
        await using var web3 = new Web3(node.Url, Narrow);
        using var stop = new CancellationTokenSource(100);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => web3.Eth.GetBlockNumberAsync(stop.Token));
    }

    [Fact]
    public async Task A_status_without_a_body_is_told_and_the_path_of_the_address_is_not()
    {
        await using var node = new HostileNode("slow down", "429 Too Many Requests");
        await using var web3 = new Web3(node.Url, Narrow);
        var failure = await Assert.ThrowsAsync<TransportException>(() => web3.Eth.GetBlockNumberAsync());
        Assert.Equal(HttpStatusCode.TooManyRequests, failure.Status);
        Assert.DoesNotContain("secret-key", failure.ToString());
    }

    [Fact]
    public async Task A_node_that_is_not_there_is_named_without_the_path()
    {
        await using var web3 = new Web3("http://127.0.0.1:1/secret-key", Narrow);
        var failure = await Assert.ThrowsAsync<TransportException>(() => web3.Eth.GetBlockNumberAsync());
        Assert.Contains("127.0.0.1:1", failure.Message);
        Assert.DoesNotContain("secret-key", failure.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("127.0.0.1:8545")]
    [InlineData("ftp://127.0.0.1")]
    [InlineData("/etc/passwd")]
    public void What_is_no_address_of_a_node_is_refused(string url) => Assert.Throws<ArgumentException>(() => new Web3(url));

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"error":{"code":3,"message":"execution reverted","data":"0x08c379a0000000000000000000000000000000000000000000000000000000000000002000000000000000000000000000000000000000000000000000000000000000026e6f000000000000000000000000000000000000000000000000000000000000"}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"reverted","data":{"message":"reverted","data":"0x08c379a0000000000000000000000000000000000000000000000000000000000000002000000000000000000000000000000000000000000000000000000000000000026e6f000000000000000000000000000000000000000000000000000000000000"}}}""")]
    public async Task Revert_data_is_found_where_geth_and_where_Hardhat_put_it(string body)
    {
        await using var node = new HostileNode(body);
        await using var web3 = new Web3(node.Url, Narrow);
        Assert.Equal(new ErrorMessage("no"), (await Assert.ThrowsAsync<RevertException>(() => web3.Eth.CallAsync(new(default(Address), [])))).Error);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("ws")]
    public async Task A_method_that_the_node_lacks_is_an_error_of_its_own_and_spares_its_neighbours(string scheme)
    {
        await using var web3 = new Web3($"{scheme}://127.0.0.1:{rail.Chain.Port}");
        var failure = await Assert.ThrowsAsync<RpcException>(() => web3.Client.SendAsync(new("eth_unheardOf")));
        Assert.InRange(failure.Code, -32768, -32000);
        var answers = await web3.Client.SendBatchAsync([new("eth_chainId"), new("eth_unheardOf"), new("eth_blockNumber")]);
        Assert.Equal(LocalChain.ChainId, answers[0].Result.UInt64());
        Assert.IsType<RpcException>(answers[1].Error);
        Assert.Null(answers[2].Error);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("ws")]
    public async Task A_long_batch_goes_out_in_parts_and_comes_back_in_order(string scheme)
    {
        await using var web3 = new Web3($"{scheme}://127.0.0.1:{rail.Chain.Port}", new RpcOptions { MaxBatch = 7 });
        await rail.Chain.MineAsync(20);
        var blocks = await web3.Eth.GetBlocksAsync(1, 20);
        Assert.Equal(Enumerable.Range(1, 20).Select(number => (ulong)number), blocks.Select(block => block!.Number));
        Assert.All(blocks.Zip(blocks.Skip(1)), pair => Assert.Equal(pair.First!.Hash, pair.Second!.ParentHash));
    }
}
