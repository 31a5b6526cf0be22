using System.Text.Json.Nodes;
using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;

namespace ProofMesh.Chain.Tests;

/// <summary>Rounds of a market: some time and some other business pass, then one settlement and many questions are judged on both sides.</summary>
sealed class Rounds(Dice dice, Cast cast, Tally tally)
{
    const int Grants = 30, Groups = 7, ClaimsOfGroup = 8, Statements = 30, Receipts = 60;
    const ulong Gas = 16_000_000;

    readonly Messages messages = new(dice, cast);
    readonly List<ContractEvent> expected = [];
    Trees trees = null!;
    Proofs proofs = null!;

    ChainState State => cast.State;

    public async Task RunAsync(int cases)
    {
        trees = new(dice, cast, messages);
        proofs = new(dice, cast, messages, trees);
        while (tally.Cases < cases)
        {
            PassTime();
            for (var i = dice.Below(4); i > 0; i--) await BusinessAsync();
            await SettleAsync();
            if (proofs.Any) await AskAsync();
        }
    }

    void PassTime()
    {
        var next = State.Boundaries.Where(boundary => boundary > State.Now + 1 && boundary < State.Now + 1_500).ToArray();
        State.Now += dice.Weighed<Func<ulong>>(
            (65, () => dice.Between(0, 20)),
            (15, () => dice.Between(60, 600)),
            (15, () => next.Length == 0 ? 0 : dice.Of(next) - State.Now - 1 + dice.Between(0, 2)),
            (3, () => dice.Between(3_600, 8_000)))();
    }

    /// <summary>What changes the state beside settlements: deposits, thaws, withdrawals, revocations, reserves, stake.</summary>
    Task BusinessAsync()
    {
        // A contract can't be told here to act by itself.
        var payer = dice.Of(cast.Payers.FindAll(one => !one.IsContract));
        return dice.Weighed<Func<Task>>(
            (60, () => DepositAsync(dice.Of(cast.Payers))),
            (15, () => AsPayer(payer, payer, EscrowContract.ThawData(new(dice.Between(1, 30_000))))),
            (5, () => AsPayer(payer, payer, EscrowContract.CancelThawData())),
            (15, () => AsPayer(payer, payer, EscrowContract.WithdrawData(cast.Providers[0].Address))),
            (35, () => RevokeAsync(payer)),
            (20, () => ReserveAsync(payer)),
            (10, () => AsPayer(payer, null, EscrowContract.ReleaseReservesData(payer.Address, [.. cast.Providers.Select(provider => provider.Address)]))),
            (15, () => StakeAsync(dice.Of(cast.Providers))))();
    }

    Task DepositAsync(CastPayer payer) => AsPayer(payer, null, EscrowContract.DepositForData(payer.Address, new(dice.Between(1, 60_000))));

    // What can't be done now reverts and changes nothing.
    async Task AsPayer(CastPayer payer, CastPayer? sender, byte[] data)
    {
        if (sender is null) await cast.SendAsync(cast.Rail.Escrow, data);
        else await cast.SendAsync(sender.Wallet, cast.Rail.Escrow, data);
        await cast.RefreshAsync(payer);
    }

    async Task RevokeAsync(CastPayer payer)
    {
        var ends = State.Now + State.ThawPeriod;
        var state = State.Payers[payer.Address];
        state.EpochEnds[state.Epoch] = ends;
        await AsPayer(payer, payer, EscrowContract.RevokeGrantsData());
    }

    async Task ReserveAsync(CastPayer payer)
    {
        var reserve = new Reserve(payer.Address, dice.Of(cast.Providers).Address, new(dice.Between(1, 40_000)), State.Now + dice.Between(5, 2_000));
        await cast.SendAsync(cast.Rail.Settlement, SettlementContract.ReserveData(reserve, payer.Wallet.Sign(reserve.Digest(cast.Rail))));
        await cast.RefreshAsync(payer);
    }

    async Task StakeAsync(Account provider)
    {
        if (dice.Chance(0.5)) await cast.SendAsync(cast.Rail.Staking, StakingContract.StakeForData(provider.Address, new(dice.Between(1, 1_500))));
        else await cast.SendAsync(provider, cast.Rail.Staking, StakingContract.UnstakeData(new(dice.Between(1, 2_000))));
        State.Stakes[provider.Address] = await cast.StakeOfAsync(provider.Address);
    }

    /// <summary>1 grants, claims and statements, each judged by what the ones before it left · 2 the same by the contracts, in one call · 3 compare, item by item, and what was moved</summary>
    async Task SettleAsync()
    {
        expected.Clear();
        var grants = new List<Judged<SignedGrant, GrantFault>>();
        while (grants.Count < Grants) grants.Add(await GrantAsync());
        var claims = new List<Judged<SignedVoucher, ClaimFault>>();
        var groups = Enumerable.Range(0, Groups).Select(_ => Group(claims)).ToArray();
        var statements = Enumerable.Range(0, Statements).Select(_ => Statement()).ToArray();

        var receipt = await cast.SendAsync(
            cast.Rail.Settlement,
            SettlementContract.SettleData([.. grants.Select(item => (GrantToRegister)item.Message)], groups, [.. statements.Select(item => item.Message)]), Gas);
        Assert.True(receipt.Succeeded, $"The settlement reverted after {receipt.GasUsed} gas.");
        var events = receipt.Logs.Select(log => log.Address == cast.Rail.Escrow ? EscrowContract.DecodeEvent(log) : SettlementContract.DecodeEvent(log)).ToArray();

        Compare(grants, events.OfType<GrantSkippedEvent>().ToDictionary(skipped => skipped.Index, skipped => skipped.Reason.ToString()));
        Compare(claims, events.OfType<ClaimSkippedEvent>().ToDictionary(skipped => skipped.Index, skipped => skipped.Reason.ToString()));
        Compare(statements, events.OfType<StatementSkippedEvent>().ToDictionary(skipped => skipped.Index, skipped => skipped.Reason.ToString()));
        Assert.Equal(expected, events.Where(said => said is GrantRegisteredEvent or ClaimedEvent or StatementSettledEvent));
        await cast.AssertSameAccountsAsync();
    }

    void Compare<T, TFault>(IReadOnlyList<Judged<T, TFault>> items, Dictionary<ulong, string> skipped) where T : notnull where TFault : struct, Enum
    {
        for (var i = 0; i < items.Count; i++)
            tally.Count(items[i].Message, items[i].Story, items[i].Terms, items[i].Fault, skipped.GetValueOrDefault((ulong)i, "None"));
    }

    async Task<Judged<SignedGrant, GrantFault>> GrantAsync()
    {
        var (signed, story) = messages.Grant();
        var terms = State.GrantTerms(signed.Grant.Payer, signed.Grant.Spender);
        var fault = await GrantCheck.FaultAsync(signed, terms, cast.Rail, Ecdsa.Recover, cast.Wallets, CancellationToken.None);
        if (fault == GrantFault.None)
        {
            var limit = State.Register(signed.Grant).Limit;
            expected.Add(new GrantRegisteredEvent(signed.Grant.Payer, signed.Grant.Spender, signed.Grant.Cap, limit, signed.Grant.ValidUntil, signed.Grant.Epoch));
        }
        return new(signed, story, terms, fault);
    }

    NodeClaims Group(List<Judged<SignedVoucher, ClaimFault>> judged)
    {
        var node = dice.Chance(0.93) ? dice.Of(cast.Nodes) : dice.Of(cast.Unknown);
        var (ceiling, moved) = (State.CeilingOf(node.Provider), TokenAmount.Zero);
        var group = new List<SignedVoucher>();
        for (var i = 1 + dice.Below(ClaimsOfGroup); i > 0; i--)
        {
            var (signed, story) = messages.Voucher(node, ceiling - moved);
            var terms = node.Provider.IsZero ? null : State.ClaimTerms(signed.Voucher.Payer, node.Address, ceiling - moved);
            var verdict = ClaimCheck.Judge(signed, terms, cast.Rail, Ecdsa.Recover);
            judged.Add(new(signed, story, (object?)terms ?? "no such node", verdict.Fault));
            if (terms is not null) NodeAgrees(signed, terms, verdict);
            group.Add(signed);
            if (verdict.Fault != ClaimFault.None) continue;
            State.Pay(signed.Voucher.Payer, node.Address, verdict.Moves);
            moved += verdict.Moves;
            expected.Add(new ClaimedEvent(signed.Voucher.Payer, node.Address, verdict.Moves, State.ClaimedOf(signed.Voucher.Payer, node.Address)));
        }
        State.Expose(node.Provider, moved);
        return NodeClaims.Of(group)[0];
    }

    /// <summary>A node that knows what the chain knows takes exactly those vouchers that would be paid in full, but for its own stake.</summary>
    void NodeAgrees(SignedVoucher signed, ClaimTerms terms, ClaimVerdict verdict)
    {
        var voucher = signed.Voucher;
        var signer = Ecdsa.Recover(voucher.Digest(cast.Rail), signed.Signature) ?? default;
        var allowance = terms.AllowanceOf(signer);
        var grant = allowance.Fault == ClaimFault.None ? new Grant(voucher.Payer, signer, allowance.Left, 0, 0) : null;
        var fault = VoucherCheck.Fault(signed, new(voucher.Payer, voucher.Node, terms.Claimed + new TokenAmount(1), terms.Claimed + terms.Free, grant, terms.Claimed), cast.Rail, Ecdsa.Recover);
        var covered = signer == voucher.Payer ? terms.Free : TokenAmount.Min(terms.Free, allowance.Left);
        Assert.Equal(verdict.Fault switch
        {
            ClaimFault.BadSignature => VoucherFault.BadSignature,
            ClaimFault.NothingNew => VoucherFault.TooLow,
            ClaimFault.NoGrant or ClaimFault.GrantExpired or ClaimFault.GrantRevoked => VoucherFault.WrongSigner,
            _ => TokenAmount.Difference(voucher.Cumulative, terms.Claimed) > covered ? VoucherFault.TooHigh : VoucherFault.None,
        }, fault);
    }

    Judged<SignedStatement, StatementFault> Statement()
    {
        var (signed, tree, story) = trees.Statement();
        var node = Ecdsa.Recover(signed.Statement.Digest(cast.Rail), signed.Signature) ?? default;
        var terms = State.StatementTerms(node);
        var fault = StatementCheck.Fault(signed, terms, cast.Rail, Ecdsa.Recover);
        if (fault == StatementFault.None)
        {
            var (statement, number) = (signed.Statement, State.Statements(node));
            State.Settle(node, statement);
            if (tree is not null) proofs.Add(tree);
            expected.Add(new StatementSettledEvent(statement.Provider, node, (ulong)number, statement.FirstSequence, statement.LastSequence, statement.Root, signed.Totals));
        }
        return new(signed, story, terms, fault);
    }

    /// <summary>Receipts with their proofs, by checkReceipt.</summary>
    async Task AskAsync()
    {
        var asked = Enumerable.Range(0, Receipts).Select(_ => proofs.Next()).ToArray();
        var terms = State.ProofTerms();
        var calls = Array.ConvertAll(asked, one => new RpcCall("eth_call", new JsonObject
        {
            ["to"] = cast.Rail.Settlement.ToString(),
            ["data"] = Hex.Encode(SettlementContract.CheckReceiptData(one.Proof.Receipt.Receipt, one.Proof.Receipt.Signature, one.Proof.Statement.Statement, one.Proof.Path)),
        }, "latest"));
        var answers = await cast.Deployer.Client.SendBatchAsync(calls);
        foreach (var ((proof, story), answer) in asked.Zip(answers))
        {
            var theirs = (ContractReceiptFault)new AbiReader(Hex.Decode(answer.Result.GetString()!)).UInt8();
            tally.Count(proof, story, string.Join(' ', proof.Path), ReceiptCheck.Fault(proof, terms, cast.Rail, Ecdsa.Recover), theirs.ToString());
        }
    }

    sealed record Judged<T, TFault>(T Message, string Story, object Terms, TFault Fault);
}
