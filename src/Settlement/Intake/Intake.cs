using ProofMesh.Protocol;

namespace ProofMesh.Settlement;

/// <summary>Takes what nodes hand over: checks it against the chain and the outbox, and stores it before it answers.</summary>
sealed class Intake(Rail rail, Recover recover, AskWallet askWallet, ChainView chain, Outbox outbox, IReadOnlySet<Address> served, TimeProvider time) : IDisposable
{
    // Submissions of one node must not overtake each other between the question what is stored and the answer.
    readonly SemaphoreSlim one = new(1, 1);

    /// <remarks>1 who signed and who is meant? · 2 what do chain and outbox know of them? · 3 judge · 4 store</remarks>
    public async Task<SettlementAnswer> TakeAsync(SettlementSubmission submission, CancellationToken stop)
    {
        var signers = submission.Statements.Select(signed => SubmissionCheck.SignerOf(signed, rail, recover)).OfType<Address>().Distinct().ToArray();
        var nodes = submission.Vouchers.Select(signed => signed.Voucher.Node).Concat(signers).Distinct().ToArray();
        var providers = await chain.ProvidersAsync(nodes, stop);
        var settled = await chain.LastSequencesAsync(signers, stop);
        var pairs = submission.Vouchers.Select(signed => (signed.Voucher.Payer, Signer: Signer(signed))).Where(pair => pair.Signer != pair.Payer).Distinct().ToArray();
        var registered = await chain.GrantsAsync(pairs, stop);

        var grantFaults = new List<GrantFault>();
        // Whether a grant's epoch and time still hold is for the chain, which gives a thaw period of grace.
        foreach (var signed in submission.Grants) grantFaults.Add(await GrantCheck.FaultAsync(signed, new GrantTerms(Now: 0, signed.Grant.Epoch), rail, recover, askWallet, stop));

        await one.WaitAsync(stop);
        try
        {
            var stored = await outbox.StatementsAsync(signers, stop);
            var grants = await outbox.GrantsAsync(pairs, stop);
            foreach (var (pair, standing) in registered)
                if (standing.ValidUntil != 0) grants.TryAdd(pair, new Grant(pair.Payer, pair.Spender, TokenAmount.Max, standing.ValidUntil, standing.Epoch));
            var terms = new IntakeTerms(rail, recover, providers, grants, Last(settled, stored), stored.ToDictionary(one => (one.Node, one.First), one => one.Root), grantFaults, served);
            var accepted = SubmissionCheck.Judge(submission, terms);
            await outbox.StoreAsync(accepted, time.GetUtcNow(), stop);
            return new SettlementAnswer(accepted.Grants.Count + accepted.Vouchers.Count + accepted.Batches.Count + accepted.Known, [.. accepted.Refused]);
        }
        finally
        {
            one.Release();
        }
    }

    public void Dispose() => one.Dispose();

    Address Signer(SignedVoucher signed) => recover.Signer(signed.Voucher.Digest(rail), signed.Signature) ?? default;

    static Dictionary<Address, ulong> Last(IReadOnlyDictionary<Address, ulong> settled, IEnumerable<StoredStatement> stored)
    {
        var last = settled.ToDictionary();
        foreach (var statement in stored) last[statement.Node] = Math.Max(last.GetValueOrDefault(statement.Node), statement.Last);
        return last;
    }
}
