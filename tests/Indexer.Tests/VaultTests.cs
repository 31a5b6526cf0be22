using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;
using ProofMesh.Testing;

namespace ProofMesh.Indexer_Tests;

public sealed class VaultTests : Mirrored
{
    [Fact]
    public async Task Stake_in_a_vault_is_what_the_contract_says_while_the_vault_keeps_its_worth()
    {
        var node = await Rail.NodeAsync();
        var staking = new StakingContract(node.Web3, Rail.Rail.Staking);
        var vault = await TestContract.DeployAsync(Rail.Deployer, "TestVault", TestContract.Word(Rail.Rail.Token));
        await new StakingContract(Rail.Deployer, Rail.Rail.Staking).ProposeVaultAsync(vault);
        await Rail.Chain.PassAsync(TimeSpan.FromDays(2));
        await staking.EnterVaultAsync(1, TokenAmount.Zero);
        await SameAsync();

        await staking.UnstakeAsync(new TokenAmount(30_000_000));
        await SameAsync();
        await Rail.Chain.PassAsync(TimeSpan.FromHours(2));
        await staking.WithdrawAsync(node.Provider);
        await SameAsync();
        Assert.Equal((node.Provider, new TokenAmount(30_000_000)), Assert.Single(await SaysAsync<(Address, TokenAmount)>("select recipient, units from chain.paid_from_vault where number = 1")));

        await staking.LeaveVaultAsync(TokenAmount.Zero);
        await SameAsync();
        await new StakingContract(Rail.Deployer, Rail.Rail.Staking).CloseVaultAsync(1);
        Assert.Equal((vault, true), Assert.Single(await SaysAsync<(Address, bool)>("select vault, closed from chain.vault")));

        async Task SameAsync()
        {
            var (number, units, _) = await staking.PositionOfAsync(node.Provider);
            var (free, unbonding) = (await staking.StakeOfAsync(node.Provider), (await staking.UnbondingOfAsync(node.Provider)).Total);
            Assert.Equal(
                (units, unbonding, (int)number, free),
                Assert.Single(await SaysAsync<(TokenAmount, TokenAmount, int, TokenAmount)>("select units, unbonding, vault, stake from chain.stake where provider = @Provider", node)));
        }
    }
}
