using System.Net.Http.Json;
using ProofMesh.Chain;
using ProofMesh.Cli;
using ProofMesh.Protocol;

namespace ProofMesh.EndToEnd.Tests;

/// <summary>What a hostile customer tries at a node's own door, and a hostile node at the settler's.</summary>
public sealed class RefusalTests(Market market)
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_price_that_the_node_did_not_quote_is_refused()
    {
        using var direct = await Direct.To(market, "node-one", Stop);
        var ask = direct.Ask(await Payer());
        var cheap = ask with { Quote = ask.Quote with { Quote = ask.Quote.Quote with { OutputPrice = 1 } } };
        Assert.Equal(NodeFault.StaleQuote, await direct.Fault(cheap, Stop));
    }

    [Fact]
    public async Task A_payer_without_escrow_is_refused_before_anything_is_computed()
    {
        using var direct = await Direct.To(market, "node-one", Stop);
        Assert.Equal(NodeFault.PaymentRequired, await direct.Fault(direct.Ask(Account.Generate()), Stop));
    }

    [Fact]
    public async Task A_forged_voucher_is_refused()
    {
        using var direct = await Direct.To(market, "node-one", Stop);
        var payer = await Payer();
        var voucher = new Voucher(payer.Address, direct.Node, new(1), default);
        var forged = new SignedVoucher(voucher, Account.Generate().Sign(voucher.Digest(market.Local.Rail)));
        Assert.Equal(NodeFault.BadVoucher, await direct.Fault(direct.Ask(payer) with { Last = forged }, Stop));
    }

    [Fact]
    public async Task A_grant_that_the_payer_did_not_sign_is_refused()
    {
        using var direct = await Direct.To(market, "node-one", Stop);
        var payer = await Payer();
        var thief = Account.Generate();
        var grant = new Grant(payer.Address, thief.Address, new(1_000_000), 4_000_000_000, 0);
        Assert.Equal(NodeFault.BadGrant, await direct.Fault(direct.Ask(payer) with { Grant = new(grant, thief.Sign(grant.Digest(market.Local.Rail))) }, Stop));
    }

    [Fact]
    public async Task A_request_id_is_served_once()
    {
        using var direct = await Direct.To(market, "node-one", Stop);
        var payer = await Payer();
        var ask = direct.Ask(payer);
        await direct.Buy(ask, payer, Stop);
        Assert.Equal(NodeFault.Replayed, await direct.Fault(ask, Stop));
    }

    [Fact]
    public async Task A_replayed_idempotency_key_buys_nothing_twice()
    {
        using var customer = await market.Customer(Stop);
        var question = new ProofMesh.Client.ChatQuestion { Messages = [new("user", "Define river.")], MaxTokens = 24, IdempotencyKey = "once-and-no-more" };
        await customer.Mesh.Chat.CompleteAsync(question, Stop);
        var fault = await Assert.ThrowsAnyAsync<ProofMesh.Client.ProofMeshException>(() => customer.Mesh.Chat.CompleteAsync(question, Stop));
        Assert.Equal(("replayed_request", 409), (fault.Code, fault.Status));
        Assert.Single(await customer.Mesh.Account.GetReceiptsAsync(stop: Stop));
    }

    [Fact]
    public async Task A_forged_receipt_is_refused_by_the_settler_by_name()
    {
        using var direct = await Direct.To(market, "node-two", Stop);
        var payer = await Payer();
        var (receipt, _) = await direct.Buy(direct.Ask(payer), payer, Stop);
        var forged = receipt with { Receipt = receipt.Receipt with { Fee = receipt.Receipt.Fee + new TokenAmount(1) } };
        var tree = new SumTree([forged.Receipt]);
        var statement = new Statement(forged.Receipt.Provider, 1_000, 1_000, tree.Root);
        var submission = new SettlementSubmission([], [], [new(statement, tree.Top.Hash, tree.Top.Totals, payer.Sign(statement.Digest(market.Local.Rail)))], [forged]);
        using var reply = await market.Http.PostAsJsonAsync($"{market.Local.Settlement}/v1/settlements", submission, WireJson.Default.SettlementSubmission, Stop);
        var answer = await reply.Content.ReadFromJsonAsync(WireJson.Default.SettlementAnswer, Stop);
        Assert.Equal((422, 0), ((int)reply.StatusCode, answer!.Accepted));
        Assert.NotEmpty(Assert.Single(answer.Refused).Fault);
    }

    [Fact]
    public async Task A_customer_at_the_nodes_own_door_is_claimed_exactly_the_fee()
    {
        using var direct = await Direct.To(market, "node-two", Stop);
        var payer = await Payer();
        var (receipt, voucher) = await direct.Buy(direct.Ask(payer), payer, Stop);
        Assert.Equal(receipt.Receipt.Cumulative, voucher.Voucher.Cumulative);
        var claimed = await Market.Until(() => market.Escrow.ClaimedOfAsync(payer.Address, direct.Node, stop: Stop), amount => amount == receipt.Receipt.Fee, Stop);
        Assert.Equal(receipt.Receipt.Fee, claimed);
    }

    async Task<Account> Payer()
    {
        using var customer = await market.Customer(Stop);
        return customer.Wallet;
    }
}
