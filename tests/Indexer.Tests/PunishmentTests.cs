using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;
using ProofMesh.Testing;

namespace ProofMesh.Indexer_Tests;

public sealed class PunishmentTests : Mirrored
{
    [Fact]
    public async Task A_punishment_is_mirrored_with_its_announcement_and_taken_back_by_a_reorganisation()
    {
        var (node, reporter) = (await Rail.NodeAsync(), await Rail.PayerAsync(0));
        var settlement = new SettlementContract(reporter.Web3, Rail.Rail.Settlement);
        var disputes = new DisputesContract(reporter.Web3, await settlement.DisputesAsync());
        var one = node.Receipt(reporter.Address);
        var other = node.Sign(one.Receipt with { Response = Bytes32.Random() });
        var report = DisputesContract.ReportReceiptsData(one.Receipt, one.Signature, other.Receipt, other.Signature);
        var commitment = DisputesContract.Commitment(reporter.Address, report);
        await disputes.CommitReportAsync(commitment);
        Assert.Equal(commitment, Assert.Single(await SaysAsync<Bytes32>("select commitment from chain.report_committed where reporter = @Address", reporter)));

        await Rail.Chain.MineAsync(20);
        await disputes.ReportReceiptsAsync(one.Receipt, one.Signature, other.Receipt, other.Signature);

        var stake = await new StakingContract(reporter.Web3, Rail.Rail.Staking).StakeOfAsync(node.Provider);
        Assert.Equal(
            (node.Address, reporter.Address, (short)ContractOffence.TwoReceipts, 1UL, new TokenAmount(200_000_000) - stake),
            Assert.Single(await SaysAsync<(Address, Address, short, ulong, TokenAmount)>("select node, reporter, offence, sequence, taken from chain.punished where provider = @Provider", node)));
        Assert.Equal((stake, 1L), Assert.Single(await SaysAsync<(TokenAmount, long)>("select stake, slashes from chain.provider where provider = @Provider", node)));

        await Rail.Chain.ReorganiseAsync(15);
        await Rail.Chain.MineAsync(2);

        Assert.Empty(await SaysAsync<int>("select 1 from chain.punished"));
        Assert.Equal((new TokenAmount(200_000_000), 0L), Assert.Single(await SaysAsync<(TokenAmount, long)>("select stake, slashes from chain.provider where provider = @Provider", node)));
    }
}
