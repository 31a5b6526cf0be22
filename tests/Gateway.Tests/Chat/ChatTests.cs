using System.Numerics;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway_Tests;

public sealed class ChatTests
{
    [Fact]
    public async Task An_answer_is_relayed_paid_and_proven()
    {
        await using var gateway = await TestGateway.StartAsync();
        await using var node = await TestNode.JoinAsync(gateway);
        var customer = await gateway.CustomerAsync();

        var answer = await customer.AnswerAsync();

        Assert.Equal("word0 word1 word2 word3 word4 ", (string)answer["choices"]![0]!["message"]!["content"]!);
        Assert.Equal("stop", (string)answer["choices"]![0]!["finish_reason"]!);
        Assert.Equal(15, (int)answer["usage"]!["total_tokens"]!);
        Assert.Equal("20", (string)answer["proofmesh"]!["price"]!);
        Assert.Equal(node.Key.Address.ToString(), (string)answer["proofmesh"]!["node"]!);
        var voucher = (await node.PaidAsync(1))[0];
        Assert.Equal(new TokenAmount(20), voucher.Voucher.Cumulative);
        Assert.False(voucher.Voucher.Receipt.IsZero);
        Assert.Equal(VoucherFault.None, VoucherCheck.Fault(
            voucher, new(customer.Wallet.Address, node.Key.Address, new(20), new(10_000_000), node.Asked[0].Grant!.Grant), TestGateway.Rail, Chain.Ecdsa.Recover));
        var balance = await customer.BalanceAsync();
        Assert.Equal((new BigInteger(9_999_980), new TokenAmount(0), new TokenAmount(20)), (balance.Available, balance.Reserved, balance.Unsettled));
    }

    [Fact]
    public async Task A_long_answer_is_paid_as_it_comes_and_never_twice()
    {
        await using var gateway = await TestGateway.StartAsync();
        await using var node = await TestNode.JoinAsync(gateway);
        node.Answer = (self, generate) => self.ServeAsync(generate, 150);
        var customer = await gateway.CustomerAsync();

        await customer.AnswerAsync();
        await customer.AnswerAsync();

        Assert.Equal([138, 266, 310, 448, 576, 620], (await node.PaidAsync(6)).Select(voucher => (int)voucher.Voucher.Cumulative.Units));
        Assert.Equal(new TokenAmount(620), (await customer.BalanceAsync()).Unsettled);
    }

    [Fact]
    public async Task A_stream_begins_with_the_role_and_ends_with_receipt_usage_and_done()
    {
        await using var gateway = await TestGateway.StartAsync();
        await using var node = await TestNode.JoinAsync(gateway);
        var customer = await gateway.CustomerAsync();

        var response = await customer.AskAsync(stream: true, more: ",\"stream_options\":{\"include_usage\":true}");
        var events = (await response.Content.ReadAsStringAsync()).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal("text/event-stream; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Contains("\"delta\":{\"role\":\"assistant\",\"content\":\"\"}", events[0]);
        Assert.Contains("\"delta\":{\"content\":\"word0 \"}", events[1]);
        Assert.Contains("\"finish_reason\":\"stop\"", events[^3]);
        Assert.Contains("\"proofmesh\":{\"request_id\":\"" + node.Asked[0].Id, events[^3]);
        Assert.Contains("\"choices\":[],\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":5,\"total_tokens\":15", events[^2]);
        Assert.Equal("data: [DONE]", events[^1]);
        Assert.Equal(node.Asked[0].Id.ToString(), response.Headers.GetValues("x-proofmesh-request").Single());
    }
}
