using System.Numerics;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway_Tests;

public sealed class FailureTests(ImpatientGateway shared) : IClassFixture<ImpatientGateway>, IAsyncLifetime
{
    TestGateway gateway = null!;
    TestCustomer customer = null!;

    public async ValueTask InitializeAsync()
    {
        gateway = await shared.EmptyAsync();
        customer = await gateway.CustomerAsync();
    }

    public async ValueTask DisposeAsync() => await gateway.BooksBalanceAsync();

    [Fact]
    public async Task A_node_that_dies_in_mid_answer_is_paid_what_vouchers_covered_and_the_stream_says_so()
    {
        await using var node = await TestNode.JoinAsync(gateway);
        node.Answer = async (self, generate) =>
        {
            for (var i = 0; i < 64; i++) await self.SendAsync(new ChunkFrame(generate.Id, i, [i], "x", 10));
            await self.CollectAsync(generate, 10, 64, TokenAmount.Zero);
            for (var i = 64; i < 80; i++) await self.SendAsync(new ChunkFrame(generate.Id, i, [i], "x", 10));
            self.Die();
        };

        var text = await (await customer.AskAsync(stream: true)).Content.ReadAsStringAsync();

        Assert.Contains("\"code\":\"provider_disconnected\"", text);
        Assert.DoesNotContain("[DONE]", text);
        var balance = await customer.BalanceAsync();
        Assert.Equal((new BigInteger(10_000_000 - 138), new TokenAmount(0), new TokenAmount(138)), (balance.Available, balance.Reserved, balance.Unsettled));
    }

    [Fact]
    public async Task A_node_that_comes_back_is_handed_the_newest_voucher_of_each_payer_and_none_of_another_node()
    {
        await using var other = await TestNode.JoinAsync(gateway);
        await customer.AnswerAsync();
        other.Die();
        await using var lost = await TestNode.JoinAsync(gateway);
        for (var i = 0; i < 2; i++) await customer.AnswerAsync();
        await lost.PaidAsync(2);
        lost.Die();

        await using var back = await TestNode.JoinAsync(gateway, new TestNode { Key = lost.Key, Provider = lost.Provider }, register: false);

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        Assert.Equal(lost.Vouchers[^1], Assert.Single(await back.Handed.Reader.ReadAsync(limit.Token)));
    }

    [Fact]
    public async Task A_node_that_dies_before_its_first_token_is_replaced_in_silence()
    {
        await using var first = await TestNode.JoinAsync(gateway);
        first.Answer = (self, _) => { self.Die(); return Task.CompletedTask; };
        await using var second = await TestNode.JoinAsync(gateway);

        for (var i = 0; i < 3; i++) await customer.AnswerAsync();

        Assert.Equal(3, second.Asked.Count);
    }

    [Theory]
    [InlineData(NodeFault.Overloaded)]
    [InlineData(NodeFault.ShuttingDown)]
    [InlineData(NodeFault.StaleQuote)]
    [InlineData(NodeFault.EngineFailed)]
    public async Task A_node_that_refuses_is_replaced(NodeFault fault)
    {
        await using var first = await TestNode.JoinAsync(gateway);
        first.Answer = (self, generate) => self.SendAsync(new FaultFrame(generate.Id, fault, "not now"));
        await using var second = await TestNode.JoinAsync(gateway);

        for (var i = 0; i < 4; i++) await customer.AnswerAsync();

        Assert.Equal(4, second.Asked.Count);
        Assert.Equal(new TokenAmount(80), (await customer.BalanceAsync()).Unsettled);
    }

    [Fact]
    public async Task A_prompt_that_doesnt_fit_is_told_with_the_nodes_numbers()
    {
        await using var node = await TestNode.JoinAsync(gateway);
        node.Answer = (self, generate) => self.SendAsync(new FaultFrame(generate.Id, NodeFault.ContextOverflow, "4000 + 200 is above 4096"));

        var (status, code, message) = await customer.RefusedAsync(customer.AskAsync());

        Assert.Equal((400, "context_length_exceeded"), (status, code));
        Assert.Contains("4000 + 200 is above 4096", message);
        Assert.Equal(new TokenAmount(0), (await customer.BalanceAsync()).Reserved);
    }

    [Fact]
    public async Task A_customer_that_leaves_stops_the_node_and_pays_for_what_arrived()
    {
        await using var node = await TestNode.JoinAsync(gateway);
        var left = new TaskCompletionSource();
        node.Answer = async (self, generate) =>
        {
            for (var i = 0; i < 3; i++) await self.SendAsync(new ChunkFrame(generate.Id, i, [i], "word", 10));
            Assert.IsType<CancelFrame>(await self.HearAsync(generate.Id));
            await self.CloseAsync(generate, [0, 1, 2], 10, TokenAmount.Zero, receipt => receipt with { Status = ReceiptStatus.CancelledByClient });
            left.SetResult();
        };
        using (var response = await customer.AskAsync(stream: true))
        {
            await using var body = await response.Content.ReadAsStreamAsync();
            Assert.NotEqual(0, await body.ReadAsync(new byte[64]));
        }

        await left.Task.WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(new TokenAmount(16), (await node.PaidAsync(1))[0].Voucher.Cumulative);
        Assert.Equal(new TokenAmount(16), (await customer.BalanceAsync()).Unsettled);
    }

    [Fact]
    public async Task An_answer_that_the_node_broke_off_is_paid_for_what_its_receipt_bills()
    {
        await using var node = await TestNode.JoinAsync(gateway);
        node.Answer = async (self, generate) =>
        {
            for (var i = 0; i < 5; i++) await self.SendAsync(new ChunkFrame(generate.Id, i, [i], "word", 10));
            await self.CloseAsync(generate, [0, 1], 10, TokenAmount.Zero, receipt => receipt with { Status = ReceiptStatus.ProviderError });
        };

        var text = await (await customer.AskAsync(stream: true)).Content.ReadAsStringAsync();

        Assert.Contains("ProviderError", text);
        Assert.Equal(new TokenAmount(14), (await node.PaidAsync(1))[0].Voucher.Cumulative);
    }

    [Fact]
    public async Task A_reader_that_is_slow_stops_its_own_node_alone()
    {
        await using var node = await TestNode.JoinAsync(gateway);
        var sent = 0;
        node.Answer = async (self, generate) =>
        {
            if (generate.Chat.MaxTokens == 200)
            {
                await self.ServeAsync(generate, 5);
                return;
            }
            // 64 KiB a token: soon no buffer on the way takes more.
            var (word, acknowledged) = (new string('w', 1 << 16), TokenAmount.Zero);
            for (var i = 0; i < 2000; i++)
            {
                if (i > 0 && i % Wire.CreditTokens == 0) acknowledged = await self.CollectAsync(generate, 10, (uint)i, acknowledged);
                await self.SendAsync(new ChunkFrame(generate.Id, i, [i], word, 10));
                sent = i + 1;
            }
        };
        using var slow = await customer.AskAsync(stream: true, maxTokens: 2000);
        var before = -1;
        while (before != sent)
        {
            before = sent;
            await Task.Delay(300);
        }

        Assert.InRange(sent, 64, 1999);
        await customer.AnswerAsync(maxTokens: 200);
    }
}
