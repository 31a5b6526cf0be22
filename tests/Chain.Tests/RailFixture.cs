using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;
using ProofMesh.Testing;

[assembly: AssemblyFixture(typeof(ProofMesh.Chain.Tests.RailFixture))]

namespace ProofMesh.Chain.Tests;

/// <summary>One chain with one deployed rail for all tests of this assembly; each test uses accounts of its own.</summary>
public sealed class RailFixture : IAsyncLifetime
{
    public LocalChain Chain { get; private set; } = null!;

    public Rail Rail { get; private set; } = null!;

    /// <summary>Account 0: the deployer, owner and holder of the test Tether.</summary>
    public Web3 Deployer { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Chain = await LocalChain.StartAsync();
        Deployer = Chain.As(LocalChain.Account(0));
        Rail = await RailDeployment.DeployAsync(Deployer);
    }

    /// <summary>A new account with an ether and some tokens, which Escrow and Staking may take.</summary>
    public async Task<Web3> CustomerAsync(ulong units = 1_000_000_000)
    {
        var web3 = Chain.As(Account.Generate());
        await Chain.AskAsync("anvil_setBalance", web3.Account!.Address.ToString(), "0xde0b6b3a7640000");
        await new TestTetherContract(Deployer, Rail.Token).TransferAsync(web3.Account.Address, new TokenAmount(units));
        var token = new TestTetherContract(web3, Rail.Token);
        await Task.WhenAll(token.ApproveAsync(Rail.Escrow, new TokenAmount(units)), token.ApproveAsync(Rail.Staking, new TokenAmount(units)));
        return web3;
    }

    public async ValueTask DisposeAsync()
    {
        await Deployer.DisposeAsync();
        await Chain.DisposeAsync();
    }
}
