using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;
using ProofMesh.Testing;

namespace ProofMesh.Chain.Tests;

/// <summary>The generated bindings against the deployed contracts on a real chain.</summary>
public sealed class ContractTests(RailFixture rail)
{
    [Fact]
    public async Task A_refused_call_is_told_apart_by_its_error_with_the_numbers()
    {
        var escrow = new EscrowContract(await rail.CustomerAsync(), rail.Rail.Escrow);
        var refusal = await Assert.ThrowsAsync<RevertException>(() => escrow.ThawAsync(new TokenAmount(5)));
        Assert.Equal(new InsufficientBalanceError(5, 0), refusal.Error);
        Assert.Contains("InsufficientBalanceError { Wanted = 5, Available = 0 }", refusal.Message);
        Assert.IsType<ZeroAmountError>((await Assert.ThrowsAsync<RevertException>(() => escrow.DepositAsync(default))).Error);
    }

    [Fact]
    public async Task A_transaction_that_fails_in_its_block_says_why()
    {
        var web3 = await rail.CustomerAsync();
        var request = new TransactionRequest(rail.Rail.Escrow, EscrowContract.ThawData(new TokenAmount(7))) { Gas = 200_000 };
        var failure = await Assert.ThrowsAsync<TransactionFailedException>(() => web3.SendTransactionAndWaitForReceiptAsync(request));
        Assert.False(failure.Receipt.Succeeded);
        Assert.Equal(new InsufficientBalanceError(7, 0), failure.Error);
    }

    [Fact]
    public async Task An_address_without_a_contract_is_named()
    {
        var nowhere = new EscrowContract(rail.Chain.Web3, Address.Parse("0x00000000000000000000000000000000000000aa"));
        Assert.Contains("There is no contract", (await Assert.ThrowsAsync<TransportException>(() => nowhere.TokenAsync())).Message);
    }

    [Fact]
    public async Task A_constructor_that_refuses_fails_the_deployment() =>
        Assert.IsType<PeriodOutOfBoundsError>((await Assert.ThrowsAsync<RevertException>(() =>
            EscrowContract.DeployAsync(rail.Deployer, rail.Rail.Token, default, rail.Rail.Settlement, rail.Rail.Token, thawPeriod: 1))).Error);

    [Fact]
    public async Task The_deployed_contracts_know_each_other()
    {
        var (escrow, staking, settlement) = (new EscrowContract(rail.Chain.Web3, rail.Rail.Escrow), new StakingContract(rail.Chain.Web3, rail.Rail.Staking), new SettlementContract(rail.Chain.Web3, rail.Rail.Settlement));
        Assert.Equal(rail.Rail.Settlement, await escrow.SettlementAsync());
        Assert.Equal(rail.Rail.Token, await staking.TokenAsync());
        Assert.Equal((rail.Rail.Escrow, rail.Rail.Staking), (await settlement.EscrowAsync(), await settlement.StakingAsync()));
        Assert.Equal(LocalChain.ChainId, rail.Rail.ChainId);
    }

    [Fact]
    public async Task A_deposit_is_credited_and_its_events_are_decoded()
    {
        var web3 = await rail.CustomerAsync();
        var payer = web3.Account!.Address;
        var escrow = new EscrowContract(web3, rail.Rail.Escrow);
        var receipt = await escrow.DepositAsync(new TokenAmount(250));
        var events = receipt.Logs.Select(log => EscrowContract.DecodeEvent(log) ?? TestTetherContract.DecodeEvent(log)).ToList();
        Assert.Equal(new ContractEvent?[] { new TransferEvent(payer, rail.Rail.Escrow, new(250)), new DepositedEvent(payer, payer, new(250)) }.AsEnumerable(), events);
        Assert.Equal(new TokenAmount(250), (await escrow.AccountOfAsync(payer)).Balance);
        Assert.Equal(TokenAmount.Zero, (await escrow.AccountOfAsync(payer, at: receipt.BlockNumber - 1)).Balance);
        var logs = await web3.Eth.GetLogsAsync(new() { FromBlock = receipt.BlockNumber, ToBlock = receipt.BlockNumber, Addresses = [rail.Rail.Escrow], Topics = [[DepositedEvent.Topic]] });
        Assert.Contains(logs, log => log.TransactionHash == receipt.TransactionHash);
        Assert.Equal(logs, await web3.Eth.GetLogsAsync(new() { BlockHash = receipt.BlockHash, Addresses = [rail.Rail.Escrow], Topics = [[DepositedEvent.Topic]] }), LogEquality);
    }

    [Fact]
    public async Task The_digests_on_chain_are_those_that_the_protocol_signs()
    {
        var settlement = new SettlementContract(rail.Chain.Web3, rail.Rail.Settlement);
        Address a = LocalChain.Account(1).Address, b = LocalChain.Account(2).Address;
        var grant = new Grant(a, b, new TokenAmount(UInt128.MaxValue), ulong.MaxValue, 7);
        var voucher = new Voucher(a, b, new TokenAmount(12345), Bytes32.Random());
        var statement = new Statement(a, 1, 1000, Bytes32.Random());
        Assert.Equal(grant.Digest(rail.Rail), await settlement.GrantDigestAsync(grant));
        Assert.Equal(voucher.Digest(rail.Rail), await settlement.VoucherDigestAsync(voucher));
        Assert.Equal(statement.Digest(rail.Rail), await settlement.StatementDigestAsync(statement));
        Assert.Equal(Samples.Receipt.Digest(rail.Rail), await settlement.ReceiptDigestAsync(Samples.Receipt));
    }

    [Fact]
    public async Task A_batch_moves_money_skips_what_is_bad_and_says_why()
    {
        Web3 payer = await rail.CustomerAsync(), provider = await rail.CustomerAsync();
        using Account spender = Account.Generate(), node = Account.Generate();
        await new EscrowContract(payer, rail.Rail.Escrow).DepositAsync(new TokenAmount(1_000_000));
        var staking = new StakingContract(provider, rail.Rail.Staking);
        await staking.StakeAsync(new TokenAmount(500_000_000));
        await staking.AddNodeAsync(node.Address, node.Sign(new NodeKey(provider.Account!.Address, node.Address).Digest(rail.Rail)));

        var grant = new Grant(payer.Account!.Address, spender.Address, new TokenAmount(900_000), ulong.MaxValue, 0);
        var signed = new SignedGrant(grant, await payer.Account.SignAsync(grant.Digest(rail.Rail), default));
        var voucher = new Voucher(grant.Payer, node.Address, new TokenAmount(40_000), default);
        SignedVoucher good = new(voucher, spender.Sign(voucher.Digest(rail.Rail))), forged = new(voucher with { Cumulative = new(99_999) }, good.Signature);
        var data = SettlementContract.SettleData([signed], NodeClaims.Of([forged, good]), []);
        var receipt = await rail.Deployer.SendTransactionAndWaitForReceiptAsync(new(rail.Rail.Settlement, data));

        var events = receipt.Logs.Select(log => SettlementContract.DecodeEvent(log) ?? EscrowContract.DecodeEvent(log)).ToArray();
        Assert.Contains(events.OfType<ClaimSkippedEvent>(), skipped => skipped.Index == 0 && skipped.Node == node.Address);
        Assert.Equal(new ClaimedEvent(grant.Payer, node.Address, new(40_000), new(40_000)), Assert.Single(events.OfType<ClaimedEvent>()));
        var earned = await new EscrowContract(payer, rail.Rail.Escrow).EarnedOfAsync(provider.Account.Address);
        Assert.Equal(new TokenAmount(39_000), earned);
    }

    static readonly IEqualityComparer<Log> LogEquality = EqualityComparer<Log>.Create((a, b) => a!.TransactionHash == b!.TransactionHash && a.LogIndex == b.LogIndex && a.Data.AsSpan().SequenceEqual(b.Data));
}
