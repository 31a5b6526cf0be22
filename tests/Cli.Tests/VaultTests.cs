using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;
using ProofMesh.Testing;

namespace ProofMesh.Cli.Tests;

public sealed class VaultTests : OnChain
{
    [Fact]
    public async Task Stake_goes_into_a_vault_and_comes_back()
    {
        await Owner(1, 150_000_000);
        await Refused("provider vault enter 1", "There is no stake");
        await Done("provider register --node-key node.key");
        await Refused("provider vault enter 1", "UnknownVault");
        await Refused("provider vault leave", "in no vault");

        var vault = await TestContract.DeployAsync(Rail.Deployer, "TestVault", TestContract.Word(Rail.Rail.Token));
        await new StakingContract(Rail.Deployer, Rail.Rail.Staking).ProposeVaultAsync(vault, TestContext.Current.CancellationToken);
        await Refused("provider vault enter 1", "VaultNotOpen");
        await Rail.Chain.PassAsync(TimeSpan.FromDays(2));

        var inside = await Done("provider vault enter 1");
        Assert.Equal((1, "100000000", "100000000"), ((int)inside["vault"]!, (string)inside["cost"]!, (string)inside["stake"]!));
        Assert.Equal(vault.ToString(), (string)inside["vaults"]![0]!["address"]!);
        await Refused("provider vault enter 1", "leave` comes first");
        await Done("provider unstake 5");
        await Refused("provider vault leave", "unbonding");
        await Rail.Chain.PassAsync(TimeSpan.FromHours(2));
        await Done("provider withdraw");
        var outside = await Done("provider vault leave");
        Assert.Equal((0, "95000000"), ((int)outside["vault"]!, (string)outside["stake"]!));
    }
}
