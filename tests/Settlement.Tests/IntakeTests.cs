using ProofMesh.Chain;
using ProofMesh.Protocol;
using ProofMesh.Testing;

namespace ProofMesh.Settlement_Tests;

public sealed class IntakeTests(RailFixture fixture) : IAsyncLifetime
{
    readonly TestRail rail = fixture.Rail;
    readonly TestNode node = fixture.Node.Fresh();
    readonly TestPayer payer = fixture.Payer;
    Settler settler = null!;

    public async ValueTask InitializeAsync() => settler = await Settler.StartAsync(rail);

    public ValueTask DisposeAsync() => settler.DisposeAsync();

    [Fact]
    public async Task A_grant_that_the_payer_did_not_sign_is_refused()
    {
        var forged = payer.Grant();
        forged = forged with { Grant = forged.Grant with { Cap = TokenAmount.Max } };

        Assert.Equal("BadSignature", Refused(await TakeAsync(grants: [forged])));
    }

    [Theory]
    [InlineData(true, "")]
    [InlineData(false, "BadSignature")]
    public async Task A_grant_of_a_contract_wallet_is_taken_when_the_wallet_says_so(bool byOwner, string fault)
    {
        using var stranger = Account.Generate();
        var wallet = await TestContract.DeployAsync(payer.Web3, "TestWallet", TestContract.Word(payer.Address));
        var grant = payer.Grant().Grant with { Payer = wallet };
        var signed = new SignedGrant(grant, (byOwner ? payer.Wallet : stranger).Sign(grant.Digest(rail.Rail)));

        var answer = await TakeAsync(grants: [signed]);

        Assert.Equal((byOwner ? 1 : 0, fault), (answer.Accepted, string.Concat(answer.Refused.Select(refusal => refusal.Fault))));
    }

    [Fact]
    public async Task A_voucher_of_a_spender_without_a_grant_is_refused() =>
        Assert.Equal("WrongSigner", Refused(await TakeAsync(vouchers: [payer.Voucher(node.Address, 10, payer.Spender)])));

    [Fact]
    public async Task A_voucher_signed_by_a_stranger_is_refused()
    {
        using var stranger = Account.Generate();

        Assert.Equal("WrongSigner", Refused(await TakeAsync(grants: [payer.Grant()], vouchers: [payer.Voucher(node.Address, 10, stranger)])));
    }

    [Fact]
    public async Task A_voucher_for_a_node_that_nobody_registered_is_refused()
    {
        using var nobody = Account.Generate();

        Assert.Equal("UnknownNode", Refused(await TakeAsync(vouchers: [payer.Voucher(nobody.Address, 10)])));
    }

    [Fact]
    public async Task A_voucher_with_a_malleable_signature_is_refused()
    {
        var signed = payer.Voucher(node.Address, 10);

        Assert.Equal("BadSignature", Refused(await TakeAsync(vouchers: [signed with { Signature = signed.Signature with { V = 29 } }])));
    }

    [Fact]
    public async Task A_provider_that_is_not_served_is_refused()
    {
        var answer = await settler.TakeAsync(new SettlementSubmission([], [payer.Voucher(node.Address, 10)], [], []), payer.Address);

        Assert.Equal("NotServed", Refused(answer));
    }

    [Fact]
    public async Task A_statement_without_all_its_receipts_is_refused()
    {
        var receipts = node.Receipts(3, payer.Address);

        Assert.Equal("MissingReceipts", Refused(await TakeAsync(statements: [node.Statement(receipts)], receipts: receipts[..2])));
    }

    [Fact]
    public async Task A_statement_whose_receipts_were_changed_is_refused()
    {
        var receipts = node.Receipts(3, payer.Address);
        var statement = node.Statement(receipts);
        receipts[1] = node.Sign(receipts[1].Receipt with { DurationMs = 999 });

        Assert.Equal("RootMismatch", Refused(await TakeAsync(statements: [statement], receipts: receipts)));
    }

    [Fact]
    public async Task A_receipt_with_a_wrong_fee_is_refused()
    {
        var receipts = node.Receipts(1, payer.Address);
        receipts[0] = node.Sign(receipts[0].Receipt with { Fee = new TokenAmount(29) });

        Assert.Equal("WrongFee", Refused(await TakeAsync(statements: [node.Statement(receipts)], receipts: receipts)));
    }

    [Fact]
    public async Task A_statement_that_leaves_receipts_out_is_refused()
    {
        var receipts = node.Receipts(4, payer.Address);

        Assert.Equal("OutOfSequence", Refused(await TakeAsync(statements: [node.Statement(receipts[2..])], receipts: receipts[2..])));
    }

    [Fact]
    public async Task A_second_statement_for_the_same_sequences_is_refused_by_name()
    {
        var receipts = node.Receipts(2, payer.Address);
        Assert.Empty((await TakeAsync(statements: [node.Statement(receipts)], receipts: receipts)).Refused);
        receipts[1] = node.Sign(receipts[1].Receipt with { DurationMs = 999 });

        Assert.Equal("Equivocation", Refused(await TakeAsync(statements: [node.Statement(receipts)], receipts: receipts)));
    }

    [Fact]
    public async Task What_is_valid_is_kept_when_something_beside_it_is_refused()
    {
        using var stranger = Account.Generate();

        var answer = await TakeAsync(vouchers: [payer.Voucher(node.Address, 10, stranger), payer.Voucher(node.Address, 10)]);

        Assert.Equal((1, 0), (answer.Accepted, Assert.Single(answer.Refused).Index));
        Assert.Equal(1, await settler.AskAsync<long>("select count(*) from settlement.voucher"));
    }

    [Fact]
    public async Task Sending_the_same_again_changes_nothing()
    {
        var receipts = node.Receipts(5, payer.Address);
        var submission = new SettlementSubmission([payer.Grant()], [payer.Voucher(node.Address, 150, payer.Spender)], [node.Statement(receipts)], receipts);

        var answers = await Task.WhenAll(settler.TakeAsync(submission), settler.TakeAsync(submission), settler.TakeAsync(submission));

        Assert.All(answers, answer => Assert.Equal((3, 0), (answer.Accepted, answer.Refused.Length)));
        Assert.Equal((1L, 1L, 1L, 5L), await settler.AskAsync<(long, long, long, long)>("""
            select (select count(*) from settlement.spender_grant), (select count(*) from settlement.voucher),
              (select count(*) from settlement.statement), (select count(*) from settlement.receipt)
            """));
    }

    [Fact]
    public async Task The_newest_voucher_stays_whatever_the_order_in_which_they_come()
    {
        await TakeAsync(vouchers: [payer.Voucher(node.Address, 90)]);
        await TakeAsync(vouchers: [payer.Voucher(node.Address, 30)]);

        Assert.Equal(new TokenAmount(90), await settler.AskAsync<TokenAmount>("select cumulative from settlement.voucher"));
    }

    [Fact]
    public async Task A_voucher_of_the_largest_amount_is_kept_as_it_is()
    {
        var voucher = new Voucher(payer.Address, node.Address, TokenAmount.Max, Bytes32.Zero);

        await TakeAsync(vouchers: [new SignedVoucher(voucher, payer.Wallet.Sign(voucher.Digest(rail.Rail)))]);

        Assert.Equal(TokenAmount.Max, Assert.Single(await settler.Outbox.WaitingVouchersAsync(DateTimeOffset.UtcNow, 10, CancellationToken.None)).Signed.Voucher.Cumulative);
    }

    Task<SettlementAnswer> TakeAsync(SignedGrant[]? grants = null, SignedVoucher[]? vouchers = null, SignedStatement[]? statements = null, SignedReceipt[]? receipts = null) =>
        settler.TakeAsync(new SettlementSubmission(grants ?? [], vouchers ?? [], statements ?? [], receipts ?? []));

    static string Refused(SettlementAnswer answer) => Assert.Single(answer.Refused).Fault;
}
