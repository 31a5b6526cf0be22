using ProofMesh.Chain;
using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;
using ProofMesh.Settlement;
using ProofMesh.Testing;

namespace ProofMesh.Settlement_Tests;

public sealed class SubmitterTests(RailFixture fixture)
{
    readonly TestRail rail = fixture.Rail;

    [Fact]
    public async Task A_claim_of_a_payer_without_money_is_held_by_name_and_costs_no_gas()
    {
        await using var settler = await Settler.StartAsync(rail);
        var (node, poor) = (await rail.NodeAsync(), await rail.PayerAsync(0));
        await settler.TakeAsync(new SettlementSubmission([], [poor.Voucher(node.Address, 30)], [], []));

        await settler.SettleAsync();

        Assert.Equal(0, await settler.AskAsync<long>("select count(*) from settlement.batch"));
        Assert.Equal("NoFunds", Assert.Single(await settler.Status.SkippedAsync(10, CancellationToken.None)).Reason);
    }

    [Fact]
    public async Task An_item_that_the_contract_skips_is_recorded_with_its_reason_and_not_sent_again()
    {
        await using var settler = await Settler.StartAsync(rail);
        var (node, payer) = (await rail.NodeAsync(), await rail.PayerAsync(1_000));
        await settler.TakeAsync(new SettlementSubmission([], [payer.Voucher(node.Address, 30)], [], []));
        // The plan is made and stored; before it is mined, somebody else submits the same voucher.
        await rail.Chain.AskAsync("evm_setIntervalMining", 0);
        try
        {
            await settler.TurnAsync();
            await rail.Chain.AskAsync("anvil_dropAllTransactions");
            var data = SettlementContract.SettleData([], [payer.Voucher(node.Address, 30)], []);
            await rail.Deployer.SendTransactionAsync(new TransactionRequest(rail.Rail.Settlement, data) { Gas = 500_000 });
            await rail.Chain.MineAsync();
            settler.Restart();
            await settler.TurnAsync();
            await rail.Chain.MineAsync();
        }
        finally
        {
            await rail.Chain.AskAsync("evm_setIntervalMining", 1);
        }
        await settler.SettleAsync();

        Assert.Equal("NothingNew", await settler.AskAsync<string>("select outcome from settlement.batch_claim"));
        Assert.Equal(1, await settler.AskAsync<long>("select count(*) from settlement.batch"));
        Assert.Equal(new TokenAmount(30), await settler.ClaimedAsync(payer, node));
    }

    [Fact]
    public async Task Grants_claims_and_statements_reach_the_chain_in_one_transaction()
    {
        await using var settler = await Settler.StartAsync(rail);
        var (node, payer) = (await rail.NodeAsync(), await rail.PayerAsync(1_000_000));
        var receipts = node.Receipts(5, payer.Address);
        var statement = node.Statement(receipts);
        await settler.TakeAsync(new SettlementSubmission([payer.Grant()], [payer.Voucher(node.Address, 150, payer.Spender)], [statement], receipts));

        await settler.SettleAsync();

        Assert.Equal((new TokenAmount(150), 5UL), (await settler.ClaimedAsync(payer, node), await settler.LastSequenceAsync(node)));
        Assert.Equal((1L, 1L), await settler.AskAsync<(long, long)>("select count(*), count(*) filter (where state = 'final') from settlement.batch"));
        Assert.Equal(0, (await settler.Status.OutboxAsync(CancellationToken.None)).WaitingVouchers);
        var published = (await settler.Published.ReceiptAsync(receipts[3].Receipt.RequestId, null, CancellationToken.None))!;
        Assert.Equal("final", published.State);
        Assert.NotNull(published.Transaction);
        Assert.True(await VerifiesAsync(published));
        var wrong = published with { Proof = published.Proof with { Receipt = node.Sign(receipts[3].Receipt with { PromptTokens = 99 }) } };
        Assert.False(await VerifiesAsync(wrong));
    }

    [Fact]
    public async Task A_payer_with_too_little_pays_what_it_has_and_the_rest_when_it_deposits()
    {
        await using var settler = await Settler.StartAsync(rail, new SettlementOptions { Confirmations = 0, Plan = new PlanOptions { MaxAge = TimeSpan.Zero, Retry = TimeSpan.FromMilliseconds(1) } });
        var (node, payer) = (await rail.NodeAsync(), await rail.PayerAsync(40));
        await settler.TakeAsync(new SettlementSubmission([], [payer.Voucher(node.Address, 100)], [], []));

        await settler.SettleAsync();
        Assert.Equal(new TokenAmount(40), await settler.ClaimedAsync(payer, node));
        Assert.Equal("partly", await settler.AskAsync<string>("select outcome from settlement.batch_claim"));
        await new TestTetherContract(rail.Deployer, rail.Rail.Token).ApproveAsync(rail.Rail.Escrow, new TokenAmount(1_000));
        await new EscrowContract(rail.Deployer, rail.Rail.Escrow).DepositForAsync(payer.Address, new TokenAmount(1_000));
        await settler.SettleAsync();

        Assert.Equal(new TokenAmount(100), await settler.ClaimedAsync(payer, node));
    }

    [Fact]
    public async Task What_somebody_else_settled_is_booked_and_not_sent()
    {
        await using var settler = await Settler.StartAsync(rail);
        var (node, payer) = (await rail.NodeAsync(), await rail.PayerAsync(1_000));
        var receipts = node.Receipts(2, payer.Address);
        await settler.TakeAsync(new SettlementSubmission([], [payer.Voucher(node.Address, 60)], [node.Statement(receipts)], receipts));
        await new SettlementContract(rail.Deployer, rail.Rail.Settlement).SettleAsync([], [payer.Voucher(node.Address, 60)], [node.Statement(receipts)]);

        await settler.SettleAsync();

        Assert.Equal(0, await settler.AskAsync<long>("select count(*) from settlement.batch"));
        Assert.Equal((0L, 0L), await settler.AskAsync<(long, long)>("select (select count(*) from settlement.voucher where cumulative > claimed), (select count(*) from settlement.statement where settled_by is null)"));
    }

    async Task<bool> VerifiesAsync(PublishedReceipt published) =>
        await new SettlementContract(rail.Deployer, rail.Rail.Settlement).VerifyReceiptAsync(
            published.Proof.Receipt.Receipt, published.Proof.Receipt.Signature, published.Proof.Statement.Statement, published.Proof.Path);
}
