using System.ClientModel;
using System.Text;
using OpenAI.Chat;
using ProofMesh.Chain.Contracts;
using ProofMesh.Cli;
using ProofMesh.Protocol;

namespace ProofMesh.EndToEnd.Tests;

public sealed class PaidAnswerTests(Market market)
{
    static readonly ChatMessage[] Question = [new UserChatMessage("What does the word ocean mean?")];
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_a_key_nothing_is_served()
    {
        using var customer = await market.Customer(Stop, withMoney: false);
        var stranger = new ChatClient(Market.Model, new ApiKeyCredential("pm-nobody"), new OpenAI.OpenAIClientOptions { Endpoint = new Uri($"{market.Local.Gateway}/v1") });
        var fault = await Assert.ThrowsAsync<ClientResultException>(() => stranger.CompleteChatAsync(Question, cancellationToken: Stop));
        Assert.Equal(401, fault.Status);
    }

    [Fact]
    public async Task Without_money_the_answer_is_402_and_nothing_is_served()
    {
        using var customer = await market.Customer(Stop, withMoney: false);
        var fault = await Assert.ThrowsAsync<ClientResultException>(() => market.OpenAI(customer).CompleteChatAsync(Question, cancellationToken: Stop));
        Assert.Equal(402, fault.Status);
        Assert.DoesNotContain(await customer.Mesh.Account.GetReceiptsAsync(stop: Stop), request => request.Receipt is not null);
        Assert.Empty(await market.BookFaults(Stop));
    }

    [Fact]
    public async Task An_answer_longer_than_the_context_is_refused_with_the_numbers()
    {
        using var customer = await market.Customer(Stop);
        var long_ = new UserChatMessage(string.Join(' ', Enumerable.Repeat("ocean", 3_000)));
        var fault = await Assert.ThrowsAsync<ClientResultException>(() => market.OpenAI(customer).CompleteChatAsync([long_], new() { MaxOutputTokenCount = 16 }, Stop));
        Assert.Equal(400, fault.Status);
        Assert.Contains("context", fault.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task An_answer_streams_is_paid_settled_and_verified_on_chain()
    {
        using var customer = await market.Customer(Stop);
        var text = new StringBuilder();
        ChatFinishReason? reason = null;
        ChatTokenUsage? usage = null;
        await foreach (var update in market.OpenAI(customer).CompleteChatStreamingAsync(Question, new() { MaxOutputTokenCount = 48, Temperature = 0 }, Stop))
        {
            foreach (var part in update.ContentUpdate) text.Append(part.Text);
            (reason, usage) = (update.FinishReason ?? reason, update.Usage ?? usage);
        }
        Assert.NotEmpty(text.ToString());
        Assert.NotNull(reason);

        var paid = (await customer.Mesh.Account.GetReceiptsAsync(1, Stop))[0];
        Assert.Equal(("paid", paid.Receipt!.Receipt.Fee), (paid.Status, paid.Paid));
        Assert.True(paid.Paid > TokenAmount.Zero);
        if (usage is not null) Assert.Equal(usage.OutputTokenCount, (int)paid.Receipt.Receipt.CompletionTokens);

        var settled = await Settled(paid.RequestId);
        Assert.Equal(paid.Receipt, settled.Proof.Receipt);
        Assert.Equal(ReceiptFault.None, ReceiptCheck.Fault(settled.Proof.Receipt, settled.Node, market.Local.Rail, ProofMesh.Chain.Ecdsa.Recover));
        Assert.True(await Verification.OnChain(market.Web3, market.Local.Rail, settled.Proof, Stop));
        var forged = settled.Proof with { Receipt = settled.Proof.Receipt with { Receipt = settled.Proof.Receipt.Receipt with { PromptTokens = settled.Proof.Receipt.Receipt.PromptTokens + 1 } } };
        Assert.False(await Verification.OnChain(market.Web3, market.Local.Rail, forged, Stop));

        var claimed = await Market.Until(() => market.Escrow.ClaimedOfAsync(customer.Wallet.Address, settled.Node, stop: Stop), claimed => claimed == paid.Paid, Stop);
        Assert.Equal(paid.Paid, claimed);
        var account = await Market.Until(() => customer.Mesh.Account.GetAsync(Stop), account => account.Settled == paid.Paid, Stop);
        Assert.Equal((paid.Paid, TokenAmount.Zero, (Market.Deposit - paid.Paid).ToString()), (account.Settled, account.Unsettled, account.Available));
        Assert.Empty(await market.BookFaults(Stop));
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_answer_whichever_node_serves()
    {
        using var customer = await market.Customer(Stop);
        var answers = new HashSet<string>();
        for (var i = 0; i < 4; i++)
        {
            var answer = await customer.Mesh.Chat.CompleteAsync(new() { Messages = [new("user", "Define harvest.")], Seed = 7, MaxTokens = 40 }, Stop);
            answers.Add(answer.Text);
        }
        Assert.Single(answers);
    }

    async Task<PublishedReceipt> Settled(Bytes32 requestId) =>
        (await Market.Until(() => Verification.Find(market.Http, market.Local.Settlement, requestId, Stop), found => found is { State: "mined" or "final" }, Stop))!;
}
