using ProofMesh.Chain;
using ProofMesh.Protocol;

namespace ProofMesh.EndToEnd.Tests;

/// <summary>A customer that stops paying, in mid-answer or after it.</summary>
public sealed class VoucherTests(Market market) : IAsyncLifetime
{
    PrivateNode node = null!;
    Direct direct = null!;
    Account payer = null!;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        // A debt of one answer is too much here.
        node = await PrivateNode.StartAsync(market, Stop, ("VoucherTimeout", "00:00:04"), ("UnpaidLimit", 1));
        direct = await Direct.To(market, node.Url, Stop);
        using var customer = await market.Customer(Stop);
        payer = customer.Wallet;
    }

    public async ValueTask DisposeAsync()
    {
        direct?.Dispose();
        if (node is not null) await node.DisposeAsync();
    }

    [Fact]
    public async Task Without_any_voucher_the_node_waits_at_the_credit_window_ends_and_bills_nothing()
    {
        var (asked, end) = await direct.ReadLong(payer, 1, (_, _) => null, Stop);

        var need = Assert.Single(asked);
        Assert.Equal(Wire.CreditTokens, (int)need.CompletionTokens);
        var receipt = end.Receipt.Receipt;
        Assert.Equal((ReceiptStatus.CancelledByClient, 0U, TokenAmount.Zero), (receipt.Status, receipt.CompletionTokens, receipt.Fee));
        Assert.Equal("notpaid", end.FinishReason);
        // Nothing is owed, so the same payer is served.
        await direct.Buy(direct.Ask(payer), payer, Stop);
    }

    [Fact]
    public async Task With_one_voucher_the_node_bills_what_it_acknowledged_and_that_is_claimed()
    {
        var (asked, end) = await direct.ReadLong(payer, 2, (need, times) => times == 1 ? direct.Sign(payer, need.Required, Bytes32.Zero) : null, Stop);

        var receipt = end.Receipt.Receipt;
        Assert.Equal((ReceiptStatus.CancelledByClient, asked[0].CompletionTokens), (receipt.Status, receipt.CompletionTokens));
        Assert.Equal(receipt.Prices.FeeUp(receipt.PromptTokens, receipt.CachedTokens, asked[0].CompletionTokens), receipt.Fee);
        Assert.Equal(asked[0].Required, end.Required);
        var claimed = await Market.Until(() => market.Escrow.ClaimedOfAsync(payer.Address, direct.Node, stop: Stop), amount => amount == receipt.Cumulative, Stop);
        Assert.Equal(receipt.Cumulative, claimed);
        await direct.Buy(direct.Ask(payer), payer, Stop);
    }

    [Fact]
    public async Task An_answer_that_was_not_paid_is_shown_and_asked_for_before_the_next_one()
    {
        var (_, end) = await direct.Read(direct.Ask(payer), _ => null, Stop);
        var fee = end.Receipt.Receipt.Fee;

        var refusal = await direct.Refusal(direct.Ask(payer), Stop);

        Assert.Equal((NodeFault.PaymentRequired, fee), (refusal.Fault, refusal.Required));
        Assert.Equal(end.Receipt, Assert.Single(refusal.Owed!));
        var debt = direct.Sign(payer, fee, end.Receipt.Receipt.StructHash());
        var (receipt, _) = await direct.Buy(direct.Ask(payer) with { Last = debt }, payer, Stop);
        Assert.Equal(fee + receipt.Receipt.Fee, receipt.Receipt.Cumulative);
        var claimed = await Market.Until(() => market.Escrow.ClaimedOfAsync(payer.Address, direct.Node, stop: Stop), amount => amount == receipt.Receipt.Cumulative, Stop);
        Assert.Equal(receipt.Receipt.Cumulative, claimed);
    }
}
