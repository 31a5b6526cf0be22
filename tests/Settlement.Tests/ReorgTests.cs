using Microsoft.Extensions.Logging.Abstractions;
using ProofMesh.Chain;
using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;
using ProofMesh.Settlement;
using ProofMesh.Testing;

namespace ProofMesh.Settlement_Tests;

/// <summary>On chains of their own, because they take blocks back or stop the mining.</summary>
public sealed class ReorgTests : IAsyncLifetime
{
    TestRail rail = null!;
    TestNode node = null!;
    TestPayer payer = null!;

    public async ValueTask InitializeAsync()
    {
        rail = await TestRail.StartAsync();
        (node, payer) = (await rail.NodeAsync(), await rail.PayerAsync(1_000_000));
    }

    public ValueTask DisposeAsync() => rail.DisposeAsync();

    [Fact]
    public async Task A_batch_whose_block_goes_away_is_sent_again_and_settled_once()
    {
        await using var settler = await StartAsync(confirmations: 3);
        await rail.Chain.MineAsync(30);
        await StopMiningAsync();
        await SubmitAsync(settler, 60);
        await settler.TurnAsync();
        await rail.Chain.MineAsync();
        await settler.TurnAsync();
        Assert.Equal("mined", await StateAsync(settler));

        await rail.Chain.ReorganiseAsync(3);
        Assert.Equal(TokenAmount.Zero, await settler.ClaimedAsync(payer, node));
        await settler.TurnAsync();
        Assert.Equal("open", await StateAsync(settler));
        await rail.Chain.AskAsync("evm_setIntervalMining", 1);
        await settler.SettleAsync();

        await SettledOnceAsync(settler, 60);
    }

    [Fact]
    public async Task A_transaction_that_is_not_mined_is_replaced_by_one_that_pays_more()
    {
        await using var settler = await StartAsync(replaceAfter: TimeSpan.FromMilliseconds(200));
        await StopMiningAsync();
        await SubmitAsync(settler, 60);
        await settler.TurnAsync();
        await Task.Delay(300);
        await settler.TurnAsync();
        await rail.Chain.MineAsync();
        await rail.Chain.AskAsync("evm_setIntervalMining", 1);
        await settler.SettleAsync();

        var (attempts, nonces) = await settler.AskAsync<(long, long)>("select count(*), count(distinct b.nonce) from settlement.transaction t join settlement.batch b on b.id = t.batch");
        Assert.Equal((2L, 1L), (attempts, nonces));
        Assert.True(await settler.AskAsync<bool>("select max(max_fee) * 8 >= min(max_fee) * 9 from settlement.transaction"));
        await SettledOnceAsync(settler, 60);
    }

    [Fact]
    public async Task A_transaction_that_was_stored_and_never_sent_is_sent_after_a_restart()
    {
        await using var settler = await StartAsync();
        await StopMiningAsync();
        await SubmitAsync(settler, 60);
        await settler.TurnAsync();
        await rail.Chain.AskAsync("anvil_dropAllTransactions");
        settler.Restart();
        await rail.Chain.AskAsync("evm_setIntervalMining", 1);
        await settler.SettleAsync();

        Assert.Equal(1, await settler.AskAsync<long>("select count(*) from settlement.transaction"));
        await SettledOnceAsync(settler, 60);
    }

    [Fact]
    public async Task A_batch_whose_nonce_was_taken_by_a_stranger_is_planned_anew()
    {
        await using var settler = await StartAsync();
        await StopMiningAsync();
        await SubmitAsync(settler, 60);
        await settler.TurnAsync();
        await rail.Chain.AskAsync("anvil_dropAllTransactions");
        await using (var other = rail.Chain.As(settler.Account)) await other.SendTransactionAsync(new TransactionRequest(payer.Address, []) { Gas = 21_000 });
        await rail.Chain.MineAsync();
        await rail.Chain.AskAsync("evm_setIntervalMining", 1);
        await settler.SettleAsync();

        Assert.Equal((1L, 1L), await settler.AskAsync<(long, long)>("select count(*) filter (where state = 'displaced'), count(*) filter (where state = 'final') from settlement.batch"));
        await SettledOnceAsync(settler, 60);
    }

    [Fact]
    public async Task A_batch_is_not_final_before_its_confirmations()
    {
        await using var settler = await StartAsync(confirmations: 5);
        await StopMiningAsync();
        await SubmitAsync(settler, 60);
        await settler.TurnAsync();
        await rail.Chain.MineAsync(5);
        await settler.TurnAsync();
        Assert.Equal("mined", await StateAsync(settler));
        await rail.Chain.MineAsync();
        await settler.TurnAsync();

        Assert.Equal("final", await StateAsync(settler));
    }

    Task<Settler> StartAsync(ulong confirmations = 0, TimeSpan? replaceAfter = null) => Settler.StartAsync(rail, new SettlementOptions
    {
        Confirmations = confirmations,
        Plan = new PlanOptions { MaxAge = TimeSpan.Zero },
        Fees = new FeeOptions { ReplaceAfter = replaceAfter ?? TimeSpan.FromMinutes(1) },
    });

    Task StopMiningAsync() => rail.Chain.AskAsync("evm_setIntervalMining", 0);

    async Task SubmitAsync(Settler settler, ulong cumulative)
    {
        var receipts = node.Receipts(2, payer.Address);
        var answer = await settler.TakeAsync(new SettlementSubmission([], [payer.Voucher(node.Address, cumulative)], [node.Statement(receipts)], receipts));
        Assert.Empty(answer.Refused);
    }

    static Task<string> StateAsync(Settler settler) => settler.AskAsync<string>("select state from settlement.batch order by id desc limit 1");

    async Task SettledOnceAsync(Settler settler, ulong cumulative)
    {
        Assert.Equal((new TokenAmount(cumulative), 2UL), (await settler.ClaimedAsync(payer, node), await settler.LastSequenceAsync(node)));
        var logs = await rail.Chain.Web3.Eth.GetLogsAsync(new LogFilter { FromBlock = 0UL, Topics = [[ClaimedEvent.Topic, StatementSettledEvent.Topic]] });
        Assert.Equal(2, logs.Length);
    }
}
