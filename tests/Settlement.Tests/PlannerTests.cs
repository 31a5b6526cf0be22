using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;
using ProofMesh.Settlement;

namespace ProofMesh.Settlement_Tests;

public sealed class PlannerTests
{
    static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddDays(20_000);
    static readonly Address Payer = Account(1), Node = Account(2);
    static readonly PlanOptions Options = new() { MaxAge = TimeSpan.FromMinutes(10), ValueToGas = 10, UnitsPerEther = 1_000_000, LeastClaim = 5 };

    // A unit of gas costs 10⁻⁶ ether here, which is one base unit of the token.
    const ulong GasPrice = 1_000_000_000_000;

    [Theory]
    [InlineData(100, 100, 1_000, 1_000, "NothingNew")]
    [InlineData(100, 0, 0, 1_000, "NoFunds")]
    [InlineData(100, 0, 1_000, 0, "StakeTooLow")]
    public void A_claim_that_would_move_nothing_is_held_with_the_contracts_reason(ulong cumulative, ulong claimed, ulong balance, ulong ceiling, string reason)
    {
        var decision = Decide([Claim(cumulative, claimed, balance, ceiling, age: 60)]);

        Assert.Null(decision.Batch);
        Assert.Equal(reason, Assert.Single(decision.Held).Reason);
    }

    [Theory]
    [InlineData(ContractClaimFault.NoGrant)]
    [InlineData(ContractClaimFault.GrantExpired)]
    [InlineData(ContractClaimFault.GrantRevoked)]
    public void A_spenders_claim_without_a_grant_that_helps_is_held(ContractClaimFault fault) =>
        Assert.Equal(fault.ToString(), Assert.Single(Decide([Claim(100, standing: new(TokenAmount.Zero, 50, 0, fault), age: 60)]).Held).Reason);

    [Fact]
    public void A_used_up_grant_holds_the_claim() =>
        Assert.Equal("GrantExhausted", Assert.Single(Decide([Claim(100, standing: new(TokenAmount.Zero, 50, 0, ContractClaimFault.None), age: 60)]).Held).Reason);

    [Fact]
    public void A_newer_grant_is_registered_with_the_claim()
    {
        var grant = Grant(validUntil: 60);

        var batch = Decide([Claim(100, standing: new(TokenAmount.Zero, 50, 0, ContractClaimFault.None), grant: grant, age: 60)]).Batch;

        Assert.Equal([grant], batch!.Grants);
    }

    [Fact]
    public void An_older_grant_is_not_brought_back() =>
        Assert.Null(Decide([Claim(100, standing: new(TokenAmount.Zero, 50, 0, ContractClaimFault.None), grant: Grant(validUntil: 40), age: 60)]).Batch);

    [Fact]
    public void A_young_claim_waits_until_it_is_worth_its_gas()
    {
        Assert.Null(Decide([Claim(100_000)]).Batch);
        Assert.NotNull(Decide([Claim(10_000_000)]).Batch);
    }

    [Fact]
    public void Many_claims_share_the_gas_of_the_call()
    {
        // One alone doesn't reach ten times its gas; a hundred do not either, because each pays for itself first.
        Assert.Null(Decide([Claim(800_000)]).Batch);
        Assert.Equal(20, Decide([.. Enumerable.Range(0, 20).Select(i => Claim(800_000, payer: Account((byte)(10 + i))))]).Batch!.Claims.Count);
    }

    [Fact]
    public void An_old_claim_goes_whatever_it_moves_above_the_least()
    {
        Assert.NotNull(Decide([Claim(5, age: 10)]).Batch);
        Assert.Null(Decide([Claim(4, age: 10)]).Batch);
    }

    [Fact]
    public void Claims_of_one_node_stand_together()
    {
        var batch = Decide([Claim(9, node: Account(7), age: 30), Claim(9, node: Account(6), age: 20), Claim(9, node: Account(7), payer: Account(3), age: 10)]).Batch!;

        Assert.Equal([Account(6), Account(7), Account(7)], batch.Claims.Select(signed => signed.Voucher.Node));
    }

    [Fact]
    public void Statements_go_in_a_run_from_where_the_chain_stands()
    {
        var batch = Decide([], [Statement(11, 15, 60), Statement(4, 10, 60), Statement(1, 3, 60), Statement(17, 20, 60)], settled: 3).Batch!;

        Assert.Equal([4UL, 11UL], batch.Statements.Select(one => one.Signed.Statement.FirstSequence));
    }

    [Fact]
    public void A_young_statement_waits_for_company()
    {
        Assert.Null(Decide([], [Statement(1, 3, 0)]).Batch);
        Assert.Single(Decide([Claim(10_000_000)], [Statement(1, 3, 0)]).Batch!.Statements);
    }

    [Fact]
    public void A_batch_never_exceeds_its_gas_and_statements_give_way_first()
    {
        var claims = Enumerable.Range(0, 200).Select(i => Claim(100, payer: Account((byte)i), age: 60 + i)).ToArray();

        var batch = Planner.Decide(new Outlook(claims, [Statement(1, 3, 60)], GasPrice, Now), Options with { MaxGas = 1_000_000 }).Batch!;

        Assert.Equal(12, batch.Claims.Count);
        Assert.Empty(batch.Statements);
        Assert.Contains(batch.Claims, signed => signed.Voucher.Payer == Account(199));
    }

    static Decision Decide(WaitingClaim[] claims, WaitingStatement[]? statements = null, ulong settled = 0) =>
        Planner.Decide(new Outlook(claims, [.. (statements ?? []).Select(one => one with { Settled = settled })], GasPrice, Now), Options);

    static WaitingClaim Claim(
        ulong cumulative, ulong claimed = 0, ulong balance = ulong.MaxValue, ulong ceiling = ulong.MaxValue, double age = 0,
        GrantStanding? standing = null, SignedGrant? grant = null, Address? payer = null, Address? node = null) => new(
            new SignedVoucher(new Voucher(payer ?? Payer, node ?? Node, new TokenAmount(cumulative), Bytes32.Zero), default),
            new TokenAmount(claimed), new TokenAmount(balance), new TokenAmount(ceiling), standing, grant, Now.AddMinutes(-age));

    static SignedGrant Grant(ulong validUntil) => new(new Grant(Payer, Account(9), new TokenAmount(1_000), validUntil, 0), default);

    static WaitingStatement Statement(ulong first, ulong last, double age) =>
        new(new SignedStatement(new Statement(Account(5), first, last, Bytes32.Zero), Bytes32.Zero, default, default), Node, 0, Now.AddMinutes(-age));

    static Address Account(byte last) => Address.Parse($"0x{last:x40}");
}
