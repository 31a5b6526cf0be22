using ProofMesh.Protocol;
using ProofMesh.Testing;

namespace ProofMesh.Chain.Tests;

/// <summary>Wallets that are contracts, asked off chain what our contracts ask on chain.</summary>
public sealed class ContractWalletTests(RailFixture rail)
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    readonly ContractWallets wallets = new(rail.Chain.Web3.Eth, TimeProvider.System);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task A_hostile_wallet_accepts_nothing_and_stops_nobody(byte way)
    {
        var wallet = await TestContract.DeployAsync(await rail.CustomerAsync(), "HostileWallet", TestContract.Word(way));

        Assert.False(await wallets.AcceptsAsync(wallet, Bytes32.Random(), new Signature(new byte[65]), Stop));
    }

    [Fact]
    public async Task An_account_without_code_accepts_nothing()
    {
        using var owner = Account.Generate();
        var digest = Bytes32.Random();

        Assert.False(await wallets.AcceptsAsync(owner.Address, digest, owner.Sign(digest), Stop));
        Assert.False(await wallets.AcceptsAsync(default, digest, owner.Sign(digest), Stop));
    }

    [Fact]
    public async Task A_wallet_accepts_what_its_owner_signed_and_nothing_else()
    {
        var (owner, stranger, digest) = (Account.Generate(), Account.Generate(), Bytes32.Random());
        var wallet = await TestContract.DeployAsync(await rail.CustomerAsync(), "TestWallet", TestContract.Word(owner.Address));

        Assert.True(await wallets.AcceptsAsync(wallet, digest, owner.Sign(digest), Stop));
        Assert.False(await wallets.AcceptsAsync(wallet, digest, stranger.Sign(digest), Stop));
        Assert.False(await wallets.AcceptsAsync(wallet, Bytes32.Random(), owner.Sign(digest), Stop));
    }

    [Fact]
    public async Task A_chain_that_cannot_be_asked_is_no_refusal()
    {
        await using var nowhere = new Web3("http://127.0.0.1:1");

        await Assert.ThrowsAsync<TransportException>(async () => await new ContractWallets(nowhere.Eth, TimeProvider.System).AcceptsAsync(rail.Rail.Token, default, default, Stop));
    }
}
