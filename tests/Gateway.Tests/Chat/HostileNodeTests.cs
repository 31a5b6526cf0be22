using ProofMesh.Chain;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway_Tests;

public sealed class HostileNodeTests(ImpatientGateway shared) : IClassFixture<ImpatientGateway>, IAsyncLifetime
{
    TestGateway gateway = null!;
    TestNode node = null!;
    TestCustomer customer = null!;

    public async ValueTask InitializeAsync()
    {
        gateway = await shared.EmptyAsync();
        node = await TestNode.JoinAsync(gateway);
        customer = await gateway.CustomerAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await node.DisposeAsync();
        await gateway.BooksBalanceAsync();
    }

    public static TheoryData<string, Func<Receipt, Receipt>> Lies => new()
    {
        { "WrongRequestId", receipt => receipt with { RequestId = Bytes32.Random() } },
        { "WrongPayer", receipt => receipt with { Payer = TestGateway.Party(9) } },
        { "WrongProvider", receipt => receipt with { Provider = TestGateway.Party(9) } },
        { "WrongModel", receipt => receipt with { Model = Bytes32.Random() } },
        { "WrongRequest", receipt => receipt with { Request = Bytes32.Random() } },
        { "WrongResponse", receipt => receipt with { Response = Bytes32.Random() } },
        { "WrongSampling", receipt => receipt with { Sampling = Bytes32.Random() } },
        { "WrongFee", receipt => receipt with { Fee = receipt.Fee + new TokenAmount(1), Cumulative = receipt.Cumulative + new TokenAmount(1) } },
        { "WrongCompletionTokens", receipt => Priced(receipt with { CompletionTokens = receipt.CompletionTokens + 1 }) },
        { "WrongPromptTokens", receipt => Priced(receipt with { PromptTokens = receipt.PromptTokens + 1 }) },
        { "WrongPrice", receipt => Priced(receipt with { OutputPrice = receipt.OutputPrice * 2 }) },
        { "CumulativeBelowFee", receipt => receipt with { Cumulative = new TokenAmount(1) } },
        { "WrongTime", receipt => receipt with { DurationMs = 3_600_000 } },
        { "WrongTime", receipt => receipt with { StartedAt = receipt.StartedAt - 3_600_000 } },
        { "ZeroSequence", receipt => receipt with { Sequence = 0 } },
    };

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task A_receipt_that_tells_something_else_is_refused_by_name_and_not_paid(string name, Func<Receipt, Receipt> lie)
    {
        node.Answer = (self, generate) => self.ServeAsync(generate, 5, change: lie);

        await RefusedAsync("bad_receipt", name);
    }

    [Fact]
    public async Task A_receipt_that_another_key_signed_is_refused_and_not_paid()
    {
        using var stranger = Account.Generate();
        node.Answer = async (self, generate) =>
        {
            await self.SendAsync(new ChunkFrame(generate.Id, 0, [1], "x", 10));
            await self.CloseAsync(generate, [1], 10, TokenAmount.Zero, signer: stranger);
        };

        await RefusedAsync("bad_receipt", "WrongNode");
    }

    [Fact]
    public async Task A_final_total_that_the_receipt_doesnt_explain_is_refused_and_not_paid()
    {
        node.Answer = async (self, generate) =>
        {
            await self.SendAsync(new ChunkFrame(generate.Id, 0, [1], "x", 10));
            await self.CloseAsync(generate, [1], 10, TokenAmount.Zero, bend: frame => frame with { Required = frame.Required + new TokenAmount(1) });
        };

        await RefusedAsync("wrong_payment", "explains 12");
    }

    [Fact]
    public async Task A_voucher_of_a_stranger_doesnt_raise_what_is_signed()
    {
        using var stranger = Account.Generate();
        node.Answer = async (self, generate) =>
        {
            var million = new Voucher(generate.Payer, self.Key.Address, new TokenAmount(1_000_000), Bytes32.Zero);
            self.Last = new(million, stranger.Sign(million.Digest(TestGateway.Rail)));
            await self.ServeAsync(generate, 5);
        };

        await RefusedAsync("wrong_payment", stranger.Address.ToString());
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1_000_000, 5)]
    public async Task A_demand_for_more_than_arrived_is_refused_and_not_paid(int more, uint tokens)
    {
        node.Answer = async (self, generate) =>
        {
            await self.SendAsync(new ChunkFrame(generate.Id, 0, [1], "x", 10));
            await self.SendAsync(new NeedVoucherFrame(generate.Id, new TokenAmount((UInt128)(12 + more)), 10, tokens, null));
        };

        await RefusedAsync("wrong_payment", "The node asks for");
    }

    [Fact]
    public async Task A_prompt_that_is_too_long_to_be_true_is_refused()
    {
        node.Answer = (self, generate) => self.ServeAsync(generate, 5, promptTokens: 3000);

        await RefusedAsync("protocol_violation", "3000 tokens");
    }

    [Fact]
    public async Task An_answer_with_a_hole_is_refused()
    {
        node.Answer = (self, generate) => self.SendAsync(new ChunkFrame(generate.Id, 3, [1], "x", 10));

        await RefusedAsync("protocol_violation", "begins at token 3");
    }

    [Fact]
    public async Task More_tokens_than_were_asked_for_are_refused()
    {
        node.Answer = (self, generate) => self.SendAsync(new ChunkFrame(generate.Id, 0, new int[201], "x", 10));

        await RefusedAsync("protocol_violation", "more than the 200 tokens");
    }

    [Fact]
    public async Task A_node_that_goes_silent_is_left()
    {
        node.Answer = (self, generate) => self.SendAsync(new ChunkFrame(generate.Id, 0, [1], "x", 10));

        await RefusedAsync("provider_timeout", "silent");
        Assert.IsType<CancelFrame>(await node.HearAsync(node.Asked[0].Id));
    }

    [Fact]
    public async Task A_node_that_cheated_is_asked_last()
    {
        node.Answer = (self, generate) => self.ServeAsync(generate, 5, change: receipt => receipt with { Model = Bytes32.Random() });
        await RefusedAsync("bad_receipt", "WrongModel");
        await using var honest = await TestNode.JoinAsync(gateway);

        for (var i = 0; i < 5; i++) await customer.AnswerAsync();

        Assert.Equal(5, honest.Asked.Count);
    }

    [Fact]
    public async Task Words_that_are_no_frame_end_the_connection()
    {
        await node.SendTextAsync("{\"t\":\"surprise\"}");

        await WaitUntilAsync(() => gateway.Service<Gateway.Mesh>().Picture.Nodes.Count == 0);
    }

    async Task RefusedAsync(string code, string words)
    {
        var (_, given, message) = await customer.RefusedAsync(customer.AskAsync());
        Assert.Equal(code, given);
        Assert.Contains(words, message);
        Assert.Empty(node.Vouchers);
        var balance = await customer.BalanceAsync();
        Assert.Equal((new TokenAmount(0), new TokenAmount(0)), (balance.Reserved, balance.Unsettled));
    }

    static async Task WaitUntilAsync(Func<bool> met)
    {
        for (var i = 0; i < 500 && !met(); i++) await Task.Delay(10);
        Assert.True(met());
    }

    static Receipt Priced(Receipt receipt)
    {
        var fee = receipt.Prices.FeeUp(receipt.PromptTokens, receipt.CachedTokens, receipt.CompletionTokens);
        return receipt with { Fee = fee, Cumulative = fee };
    }
}
