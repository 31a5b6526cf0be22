using System.ClientModel;
using Npgsql;
using OpenAI;
using OpenAI.Chat;
using ProofMesh.Chain;
using ProofMesh.Client;
using ProofMesh.Protocol;
using Spectre.Console;

namespace ProofMesh.Cli;

/// <summary>The first paid token, for a person to watch: every step is the real one.</summary>
/// <remarks>1 deposit · 2 grant and key · 3 ask through the OpenAI client · 4 receipt · 5 settlement · 6 reputation · 7 verification on chain</remarks>
sealed class Demo(LocalMarket market, IAnsiConsole console)
{
    const string Question = "What is a city?";
    static readonly TokenAmount Gift = new(100_000_000), Deposit = new(25_000_000);

    public async Task<Customer> Run(CancellationToken stop)
    {
        var customer = await Customer.Arrive(market, "customer", Gift, stop);
        await using var web3 = new Web3(customer.Wallet, market.Rpc);
        var deposit = await Escrowed.Deposit(web3, market.Rail, Deposit, stop);
        Say("deposit", $"{Amount(Deposit)} from {customer.Wallet.Address} into escrow, transaction {deposit.TransactionHash}");
        await customer.SignIn(stop);
        Say("grant", $"signed by the wallet (no transaction); the gateway may spend up to its cap, key {customer.Key[..12]}…");
        console.WriteLine();
        var requestId = await Ask(customer, stop);
        await Settled(customer, requestId, web3, stop);
        return customer;
    }

    async Task<Bytes32> Ask(Customer customer, CancellationToken stop)
    {
        var chat = new OpenAI.Chat.ChatClient("proofmesh-words", new ApiKeyCredential(customer.Key), new OpenAIClientOptions { Endpoint = new Uri($"{market.Gateway}/v1") });
        console.MarkupLineInterpolated($"[bold]> {Question}[/]");
        await foreach (var update in chat.CompleteChatStreamingAsync([new UserChatMessage(Question)], new ChatCompletionOptions { MaxOutputTokenCount = 96, Temperature = 0 }, stop))
            foreach (var part in update.ContentUpdate) console.Write(part.Text);
        console.WriteLine();
        console.WriteLine();
        var paid = (await customer.Mesh.Account.GetReceiptsAsync(1, stop))[0];
        var receipt = paid.Receipt!.Receipt;
        Say("price", $"{Amount(paid.Paid)} for {receipt.PromptTokens} prompt and {receipt.CompletionTokens} answer tokens");
        Say("receipt", $"request {paid.RequestId}, signed by node {paid.Node}, sequence {receipt.Sequence}, first token after {receipt.FirstTokenMs} ms");
        return paid.RequestId;
    }

    async Task Settled(Customer customer, Bytes32 requestId, Web3 web3, CancellationToken stop)
    {
        using var http = new HttpClient();
        var settled = await Until(() => Verification.Find(http, market.Settlement, requestId, stop), found => found is { Transaction: not null, State: "mined" or "final" }, "the settlement", stop);
        Say("settlement", $"transaction {settled!.Transaction}");
        var provider = settled.Proof.Receipt.Receipt.Provider;
        var points = settled.Proof.Statement.Totals.Points;
        var (score, level) = await Until(() => ScoreOf(provider, stop), found => found.Score >= points, "the score", stop);
        Say("reputation", $"provider {provider} has score {score} ({level}), says Postgres");
        var forged = settled.Proof with { Receipt = settled.Proof.Receipt with { Receipt = settled.Proof.Receipt.Receipt with { CompletionTokens = settled.Proof.Receipt.Receipt.CompletionTokens + 1 } } };
        var (real, changed) = (await Verification.OnChain(web3, market.Rail, settled.Proof, stop), await Verification.OnChain(web3, market.Rail, forged, stop));
        Say("verifyReceipt", $"{(real ? "true" : "false")} for the receipt, {(changed ? "true" : "false")} for a copy with one token more");
        if (!real || changed) throw new CommandException("The chain doesn't confirm the receipt.");
        var state = await customer.Mesh.Account.GetAsync(stop);
        Say("account", $"{state.Available} base units available");
    }

    async Task<(ulong Score, Level Level)> ScoreOf(Address provider, CancellationToken stop)
    {
        await using var database = NpgsqlDataSource.Create(market.Database);
        await using var command = database.CreateCommand("select score::text from chain.provider where provider = $1");
        command.Parameters.AddWithValue(provider.ToArray());
        var score = ulong.Parse(await command.ExecuteScalarAsync(stop) as string ?? "0");
        return (score, Score.LevelOf(score));
    }

    static async Task<T> Until<T>(Func<Task<T>> look, Func<T, bool> enough, string what, CancellationToken stop)
    {
        for (var attempt = 0; attempt < 600; attempt++)
        {
            var found = await look();
            if (enough(found)) return found;
            await Task.Delay(100, stop);
        }
        throw new CommandException($"A minute went by without {what}.");
    }

    void Say(string what, string text) => console.MarkupLineInterpolated($"[green]{what,-14}[/]{text}");

    string Amount(TokenAmount amount) => $"{amount.ToTokens(market.Rail.Decimals)} {market.Rail.Symbol}";
}
