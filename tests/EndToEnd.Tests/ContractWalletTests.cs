using ProofMesh.Chain;
using ProofMesh.Chain.Contracts;
using ProofMesh.Client;
using ProofMesh.Protocol;
using ProofMesh.Testing;

namespace ProofMesh.EndToEnd.Tests;

public sealed class ContractWalletTests(Market market)
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stranger_cannot_sign_in_for_a_contract_wallet()
    {
        using var stranger = Account.Generate();
        var wallet = await WalletOf(Account.Generate().Address);

        await Assert.ThrowsAsync<NotAuthorizedException>(() => ProofMeshClient.ConnectAsync(new Uri(market.Local.Gateway), new Signer(wallet, stranger.Sign), stop: Stop));
    }

    [Fact]
    public async Task A_contract_wallet_signs_in_grants_asks_and_pays()
    {
        using var owner = Account.Generate();
        var wallet = await WalletOf(owner.Address);
        using var mesh = await ProofMeshClient.ConnectAsync(new Uri(market.Local.Gateway), new Signer(wallet, owner.Sign), stop: Stop);
        await Market.Until(() => mesh.Account.GetAsync(Stop), account => account.Available != "0", Stop);
        await mesh.Account.GrantAsync(rail: market.Local.Rail, stop: Stop);

        var answer = await mesh.Chat.CompleteAsync(new() { Messages = [new("user", "Define harvest.")], MaxTokens = 24 }, Stop);

        Assert.NotEmpty(answer.Text);
        var paid = (await mesh.Account.GetReceiptsAsync(1, Stop))[0];
        Assert.Equal("paid", paid.Status);
        Assert.True(paid.Paid > TokenAmount.Zero);
        Assert.Equal(paid.Paid, await Market.Until(() => market.Escrow.ClaimedOfAsync(wallet, paid.Node!.Value, stop: Stop), claimed => claimed == paid.Paid, Stop));
        Assert.Empty(await market.BookFaults(Stop));
    }

    /// <summary>A contract with one owner, and money in escrow.</summary>
    async Task<Address> WalletOf(Address owner)
    {
        await using var rich = new Web3(market.Local.Rich, market.Local.Rpc);
        var wallet = await TestContract.DeployAsync(rich, "TestWallet", TestContract.Word(owner));
        await Cli.Allowance.Ensure(rich, market.Local.Rail.Token, market.Local.Rail.Escrow, Market.Deposit, Stop);
        await new EscrowContract(rich, market.Local.Rail.Escrow).DepositForAsync(wallet, Market.Deposit, Stop);
        return wallet;
    }
}
