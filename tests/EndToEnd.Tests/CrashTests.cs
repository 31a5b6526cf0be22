using System.Text;
using ProofMesh.Client;
using ProofMesh.Cli;
using ProofMesh.Protocol;

namespace ProofMesh.EndToEnd.Tests;

/// <summary>kill -9, then the same promises as before: nothing lost, nothing doubled.</summary>
public sealed class CrashTests(Market market)
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    // Hot sampling goes on until the limit nearly always, so that there is a middle to kill in.
    static readonly ChatQuestion Long = new() { Messages = [new("user", "Tell me about the sea.")], MaxTokens = 400, Temperature = 2, RepetitionPenalty = 1 };

    [Fact]
    public async Task A_node_killed_in_mid_answer_is_paid_for_what_arrived_and_no_more()
    {
        using var customer = await market.Customer(Stop);
        await BreakAnswer(customer);
        await market.Local.Restart("node-one", Stop);
        await market.Local.Restart("node-two", Stop);

        var broken = await Market.Until(async () => (await customer.Mesh.Account.GetReceiptsAsync(stop: Stop)).Single(request => request.Receipt is null), request => request.Status != "open", Stop);
        Assert.Contains(broken.Status, new[] { "partly", "unserved" });
        var account = await customer.Mesh.Account.GetAsync(Stop);
        Assert.Equal(TokenAmount.Zero, account.Reserved);
        Assert.Empty(await market.BookFaults(Stop));
        await AskUntilServed(customer);
    }

    [Theory]
    [InlineData("indexer")]
    [InlineData("settlement")]
    [InlineData("gateway")]
    [InlineData("node-one")]
    public async Task A_service_that_is_killed_and_restarted_loses_and_doubles_nothing(string service)
    {
        using var customer = await market.Customer(Stop);
        await AskUntilServed(customer);
        var asking = Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Try(customer)));
        await market.Local[service].KillAsync();
        await asking;
        await market.Local.Restart(service, Stop);
        await AskUntilServed(customer);

        var spent = await Market.Until(() => AllSettled(customer), state => state.Unsettled.IsZero && state.Reserved.IsZero, Stop);
        Assert.Equal((TokenAmount.Zero, TokenAmount.Zero), (spent.Reserved, spent.Unsettled));
        var paid = (await customer.Mesh.Account.GetReceiptsAsync(100, Stop)).Aggregate(TokenAmount.Zero, (sum, request) => sum + request.Paid);
        var onChain = await market.Escrow.AccountOfAsync(customer.Wallet.Address, stop: Stop);
        Assert.Equal((paid, paid), (spent.Settled, onChain.Spent));
        Assert.Equal(Market.Deposit - paid, onChain.Balance);
        Assert.Empty(await market.BookFaults(Stop));
    }

    Task<AccountState> AllSettled(Customer customer) => customer.Mesh.Account.GetAsync(Stop);

    // Kills both nodes while one of them streams; an answer that was quicker is asked again.
    async Task BreakAnswer(Customer customer)
    {
        for (var attempt = 0; attempt < 10; attempt++)
        {
            try
            {
                var first = true;
                await foreach (var piece in customer.Mesh.Chat.StreamAsync(Long, Stop))
                {
                    if (!first || piece.Text.Length == 0) continue;
                    first = false;
                    await Task.WhenAll(market.Local["node-one"].KillAsync(), market.Local["node-two"].KillAsync());
                }
            }
            catch (ProofMeshException)
            {
                return;
            }
            await market.Local.Restart("node-one", Stop);
            await market.Local.Restart("node-two", Stop);
            await AskUntilServed(customer);
        }
        Assert.Fail("Every answer was complete before its node was dead.");
    }

    static async Task Try(Customer customer)
    {
        try
        {
            await customer.Mesh.Chat.CompleteAsync(new() { Messages = [new("user", "Define mountain.")], MaxTokens = 40 }, Stop);
        }
        catch (ProofMeshException)
        {
            // The service under test is dead: a refusal in words is a right answer too.
        }
        catch (IOException)
        {
            // So is a connection that broke with the gateway.
        }
        catch (HttpRequestException)
        {
        }
    }

    // The node may still be finding its way back to the gateway.
    static async Task AskUntilServed(Customer customer)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var answer = await customer.Mesh.Chat.CompleteAsync(new() { Messages = [new("user", "Define mountain.")], MaxTokens = 24 }, Stop);
                Assert.NotNull(answer.Receipt);
                return;
            }
            catch (ProofMeshException) when (attempt < 100)
            {
                await Task.Delay(200, Stop);
            }
        }
    }
}
