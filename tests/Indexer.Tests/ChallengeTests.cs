using ProofMesh.Chain;
using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;
using ProofMesh.Testing;

namespace ProofMesh.Indexer_Tests;

public sealed class ChallengeTests : Mirrored
{
    static readonly TimeSpan Phase = TimeSpan.FromMinutes(10);
    static readonly TokenAmount Bond = new(50_000_000), AuditorBond = new(100_000_000);

    [Fact]
    public async Task A_challenge_is_what_the_contract_says_at_each_step_and_taken_back_by_a_reorganisation()
    {
        var (node, payer) = (await Rail.NodeAsync(), await Rail.PayerAsync(0));
        var receipts = node.Receipts(3, payer.Address);
        var batch = new ReceiptBatch(node.Statement(receipts), receipts);
        await new SettlementContract(Rail.Deployer, Rail.Rail.Settlement).SettleAsync([], [], [batch.Statement]);
        var disputes = new DisputesContract(Rail.Deployer, await new SettlementContract(Rail.Deployer, Rail.Rail.Settlement).DisputesAsync());
        await new TestTetherContract(Rail.Deployer, Rail.Rail.Token).ApproveAsync(disputes.Address, new TokenAmount(1_000_000_000));
        var auditors = new List<DisputesContract>();
        for (var i = 0; i < 6; i++) auditors.Add(await EnrollAsync(disputes.Address));
        await Rail.Chain.MineAsync(20);

        var proof = batch.Proof(1);
        var call = DisputesContract.ChallengeData(proof.Receipt.Receipt, proof.Receipt.Signature, proof.Statement.Statement, proof.Path, Bond, Bytes32.Random(), "https://evidence.example");
        await disputes.CommitReportAsync(DisputesContract.Commitment(Rail.Deployer.Account!.Address, call));
        await Rail.Chain.MineAsync(6);
        await Rail.Deployer.SendTransactionAndWaitForReceiptAsync(new(disputes.Address, call));
        await SameAsync(disputes);
        await new DisputesContract(node.Web3, disputes.Address).AnswerAsync(1, Bytes32.Random(), "https://answer.example");
        await SameAsync(disputes);

        await Rail.Chain.MineAsync(40);
        await disputes.DrawSeedAsync(1, await BlockHeader.ReadAsync(Rail.Deployer, (await disputes.ChallengeOfAsync(1)).SeedBlock) ?? []);
        foreach (var enrolled in await SaysAsync<Address>("select auditor from chain.auditor where enrolled order by auditor"))
            try
            {
                await disputes.NominateAsync(1, enrolled);
            }
            catch (RevertException)
            {
                // Its score is above the others'.
            }
        await SameAsync(disputes);
        await Rail.Chain.PassAsync(3 * Phase);
        await disputes.ResolveAsync(1);
        await SameAsync(disputes);

        // A fine for a vote that never came has retired who was drawn; who wasn't, retires by itself.
        var auditor = auditors[0];
        foreach (var one in auditors)
            if ((await disputes.AuditorOfAsync(one.Web3.Account!.Address)).EnrolledAt != 0) auditor = one;
        await auditor.RetireAsync();
        var (bond, still) = Assert.Single(await SaysAsync<(TokenAmount, bool)>("select bond, enrolled from chain.auditor where auditor = @Address", new { auditor.Web3.Account!.Address }));
        Assert.Equal(((await disputes.AuditorOfAsync(auditor.Web3.Account.Address)).Bond, false), (bond, still));

        await Rail.Chain.ReorganiseAsync(60);
        await Rail.Chain.MineAsync(2);
        Assert.Empty(await SaysAsync<int>("select 1 from chain.challenge union all select 1 from chain.seated union all select 1 from chain.resolved"));
    }

    async Task<DisputesContract> EnrollAsync(Address address)
    {
        var web3 = (await Rail.PayerAsync(0)).Web3;
        await new TestTetherContract(Rail.Deployer, Rail.Rail.Token).TransferAsync(web3.Account!.Address, AuditorBond);
        await new TestTetherContract(web3, Rail.Rail.Token).ApproveAsync(address, AuditorBond);
        var disputes = new DisputesContract(web3, address);
        await disputes.EnrollAsync(AuditorBond);
        return disputes;
    }

    async Task SameAsync(DisputesContract disputes)
    {
        var (says, panel) = (await disputes.ChallengeOfAsync(1), (await disputes.PanelOfAsync(1)).Select(seat => seat.Auditor.ToString()).Order(StringComparer.Ordinal));
        var (node, provider, challenger, bond, openedAt, answer, seedBlock, seed, seats, verdict) = Assert.Single(await SaysAsync<(Address, Address, Address, TokenAmount, long, string?, ulong, Bytes32?, byte[][], int)>(
            "select node, provider, challenger, bond, opened_at, answer_location, seed_block, seed, panel, verdict from chain.challenge where id = 1"));
        Assert.Equal((says.Node, says.Provider, says.Challenger, says.Bond, (long)says.OpenedAt, says.Answered), (node, provider, challenger, bond, openedAt, answer is not null));
        Assert.Equal((says.SeedBlock, says.Seed, (int)says.Verdict), (seedBlock, seed ?? default, verdict));
        Assert.Equal(panel, seats.Select(seat => new Address(seat).ToString()).Order(StringComparer.Ordinal));
    }
}
