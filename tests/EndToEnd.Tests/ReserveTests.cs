using System.Diagnostics;
using ProofMesh.Chain;
using ProofMesh.Cli;
using ProofMesh.Client;
using ProofMesh.Protocol;

namespace ProofMesh.EndToEnd.Tests;

/// <summary>A node that gives no credit, and customers at its own door.</summary>
public sealed class ReserveTests(Market market) : IAsyncLifetime
{
    static readonly TokenAmount Wanted = new(1_000_000);
    static readonly ChatQuestion Question = new() { Messages = [new("user", "Define river.")], MaxTokens = 24, Temperature = 0 };
    PrivateNode node = null!;
    Customer customer = null!;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        node = await PrivateNode.StartAsync(market, Stop, ("Reserve", (long)Wanted.Units));
        customer = await market.Customer(Stop);
    }

    public async ValueTask DisposeAsync()
    {
        customer?.Dispose();
        if (node is not null) await node.DisposeAsync();
    }

    [Fact]
    public async Task Who_will_not_reserve_is_not_served_and_reserves_nothing()
    {
        using var direct = await DirectClient.ConnectAsync(node.Url, market.Local.Rail, customer.Wallet, market.Web3, stop: Stop);
        var fault = await Assert.ThrowsAsync<InsufficientFundsException>(() => ChatAnswer.ReadAsync(direct.StreamAsync(Question, Stop)));
        Assert.Equal("reserve_required", fault.Code);
        Assert.Equal(TokenAmount.Zero, (await market.Escrow.ReserveOfAsync(customer.Wallet.Address, node.Provider, stop: Stop)).Amount);
    }

    [Fact]
    public async Task A_reserve_that_somebody_else_signed_is_refused()
    {
        using var direct = await Direct.To(market, node.Url, Stop);
        var ask = direct.Ask(customer.Wallet);
        var wanted = (await direct.Refusal(ask, Stop)).Reserve!;
        using var thief = Account.Generate();
        var refusal = await direct.Refusal(ask with { Reserve = new(wanted, thief.Sign(wanted.Digest(market.Local.Rail))) }, Stop);
        Assert.Contains(thief.Address.ToString(), refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_node_asks_the_client_signs_the_chain_holds_and_the_settler_claims_from_it()
    {
        using var direct = await DirectClient.ConnectAsync(node.Url, market.Local.Rail, customer.Wallet, market.Web3, Wanted, stop: Stop);
        var answer = await ChatAnswer.ReadAsync(direct.StreamAsync(Question, Stop));
        var second = await ChatAnswer.ReadAsync(direct.StreamAsync(Question, Stop));

        var (held, until) = await market.Escrow.ReserveOfAsync(customer.Wallet.Address, node.Provider, stop: Stop);
        Assert.True(held > TokenAmount.Zero && held <= Wanted);
        Assert.True(until > (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        var fees = answer.Receipt!.Price + second.Receipt!.Price;
        var left = await Market.Until(async () => (await market.Escrow.ReserveOfAsync(customer.Wallet.Address, node.Provider, stop: Stop)).Amount, amount => amount == Wanted - fees, Stop);
        Assert.Equal(Wanted - fees, left);
        Assert.Equal(fees, await market.Escrow.ClaimedOfAsync(customer.Wallet.Address, direct.Node, stop: Stop));
    }

    [Fact]
    public async Task The_command_line_chats_with_a_node_directly()
    {
        var rail = market.Local.Rail;
        var profile = Path.Combine(market.Local.Folder, "direct-profile.json");
        new Profile
        {
            Gateway = market.Local.Gateway,
            Rpc = market.Local.Rpc,
            Settlement = market.Local.Settlement,
            Wallet = customer.WalletFile,
            Rail = new() { ChainId = rail.ChainId, Token = rail.Token.ToString(), Escrow = rail.Escrow.ToString(), Staking = rail.Staking.ToString(), Settlement = rail.Settlement.ToString() },
        }.Save(profile);
        string[] words = ["chat", "--direct", node.Url.ToString(), "--temperature", "0", "--max-tokens", "24", "--profile", profile];

        var (refused, _, reason) = await Run([.. words, "Define river."]);
        Assert.NotEqual(0, refused);
        Assert.Contains("reserve", reason, StringComparison.Ordinal);
        var (code, answer, cost) = await Run([.. words, "--reserve", "1", "Define river."]);
        Assert.True(code == 0, cost);
        Assert.NotEmpty(answer.Trim());
        Assert.Contains("answer tokens", cost, StringComparison.Ordinal);
    }

    static async Task<(int Code, string Output, string Errors)> Run(string[] words)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "proofmesh.dll"), .. words]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(Stop), errors = process.StandardError.ReadToEndAsync(Stop);
        await process.WaitForExitAsync(Stop);
        return (process.ExitCode, await output, await errors);
    }
}
