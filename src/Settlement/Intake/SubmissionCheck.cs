using ProofMesh.Protocol;

namespace ProofMesh.Settlement;

/// <summary>What a submission is held against.</summary>
/// <param name="ProviderOf">The provider of a node; null when the chain knows no such node.</param>
/// <param name="Grants">Grants that were stored or registered before, by payer and spender.</param>
/// <param name="LastSequence">The last sequence of a node that a stored or settled statement covers.</param>
/// <param name="Stored">The root of the stored statement that starts at this sequence of a node.</param>
/// <param name="GrantFaults">What was found of each of the submission's grants, in their order; a wallet that is a contract was asked.</param>
/// <param name="Served">Providers that are served; empty for all.</param>
sealed record IntakeTerms(
    Rail Rail, Recover Recover, IReadOnlyDictionary<Address, Address?> ProviderOf, IReadOnlyDictionary<(Address Payer, Address Spender), Grant> Grants,
    IReadOnlyDictionary<Address, ulong> LastSequence, IReadOnlyDictionary<(Address Node, ulong First), Bytes32> Stored, IReadOnlyList<GrantFault> GrantFaults, IReadOnlySet<Address> Served);

/// <summary>What a submission holds that may be stored.</summary>
sealed record Accepted(List<SignedGrant> Grants, List<AcceptedVoucher> Vouchers, List<AcceptedBatch> Batches, List<SettlementRefusal> Refused, int Known);

sealed record AcceptedVoucher(SignedVoucher Signed, Address Signer);

sealed record AcceptedBatch(Address Node, ReceiptBatch Batch);

/// <summary>Judges a submission item by item; no I/O.</summary>
static class SubmissionCheck
{
    public static Accepted Judge(SettlementSubmission submission, IntakeTerms terms)
    {
        var accepted = new Accepted([], [], [], [], 0);
        for (var i = 0; i < submission.Grants.Length; i++)
            if (terms.GrantFaults[i] is var fault and not GrantFault.None) accepted.Refused.Add(new("grant", i, fault.ToString(), $"The grant of {submission.Grants[i].Grant.Payer} to {submission.Grants[i].Grant.Spender} doesn't stand."));
            else accepted.Grants.Add(submission.Grants[i]);
        var grants = accepted.Grants.GroupBy(signed => (signed.Grant.Payer, signed.Grant.Spender)).ToDictionary(group => group.Key, group => group.Last().Grant);
        for (var i = 0; i < submission.Vouchers.Length; i++)
            if (Fault(submission.Vouchers[i], grants, terms, out var signer) is { } fault) accepted.Refused.Add(new("voucher", i, fault.Name, fault.Message));
            else accepted.Vouchers.Add(new(submission.Vouchers[i], signer));
        return Statements(submission, terms, accepted);
    }

    static (string Name, string Message)? Fault(SignedVoucher signed, Dictionary<(Address, Address), Grant> fresh, IntakeTerms terms, out Address signer)
    {
        var voucher = signed.Voucher;
        signer = terms.Recover.Signer(voucher.Digest(terms.Rail), signed.Signature) ?? default;
        if (terms.ProviderOf[voucher.Node] is not { } provider) return ("UnknownNode", $"The chain knows no node {voucher.Node}.");
        if (NotServed(provider, terms) is { } refused) return refused;
        var grant = fresh.GetValueOrDefault((voucher.Payer, signer)) ?? terms.Grants.GetValueOrDefault((voucher.Payer, signer));
        // The contract bounds what a grant moves; a total may be above the cap of the newest of several grants.
        var fault = VoucherCheck.Fault(signed, new VoucherTerms(voucher.Payer, voucher.Node, TokenAmount.Zero, TokenAmount.Max, grant is null ? null : grant with { Cap = TokenAmount.Max }), terms.Rail, terms.Recover);
        return fault == VoucherFault.None ? null : (fault.ToString(), $"The voucher of {voucher.Payer} for {voucher.Node} is signed by neither the payer nor a spender with a grant.");
    }

    static Accepted Statements(SettlementSubmission submission, IntakeTerms terms, Accepted accepted)
    {
        var known = 0;
        var last = terms.LastSequence.ToDictionary();
        var receipts = submission.Receipts.ToLookup(signed => signed.Receipt.Sequence);
        for (var i = 0; i < submission.Statements.Length; i++)
        {
            var signed = submission.Statements[i];
            var node = SignerOf(signed, terms) ?? default;
            if (terms.Stored.TryGetValue((node, signed.Statement.FirstSequence), out var root) && root == signed.Statement.Root)
                known++;
            else if (Fault(signed, node, last.GetValueOrDefault(node), receipts, terms, out var batch) is { } fault)
                accepted.Refused.Add(new("statement", i, fault.Name, fault.Message));
            else
            {
                accepted.Batches.Add(new(node, batch));
                last[node] = signed.Statement.LastSequence;
            }
        }
        return accepted with { Known = known };
    }

    public static Address? SignerOf(SignedStatement signed, IntakeTerms terms) => SignerOf(signed, terms.Rail, terms.Recover);

    public static Address? SignerOf(SignedStatement signed, Rail rail, Recover recover) =>
        recover.Signer(signed.Statement.Digest(rail), signed.Signature);

    static (string Name, string Message)? Fault(
        SignedStatement signed, Address node, ulong last, ILookup<ulong, SignedReceipt> receipts, IntakeTerms terms, out ReceiptBatch batch)
    {
        batch = new(signed, []);
        var statement = signed.Statement;
        if (node.IsZero) return (nameof(StatementFault.BadSignature), "Nobody can have signed the statement.");
        if (terms.ProviderOf[node] is not { } provider) return ("UnknownNode", $"The chain knows no node {node}.");
        if (provider != statement.Provider) return ("WrongProvider", $"Node {node} belongs to {provider}.");
        if (NotServed(provider, terms) is { } refused) return refused;
        if (terms.Stored.ContainsKey((node, statement.FirstSequence))) return ("Equivocation", $"Node {node} signed another statement from sequence {statement.FirstSequence} on.");
        var fault = StatementCheck.Fault(signed, new StatementTerms(node, provider, last), terms.Rail, terms.Recover);
        if (fault == StatementFault.OutOfSequence) return (fault.ToString(), $"The next statement of {node} starts at sequence {last + 1}.");
        if (fault != StatementFault.None) return (fault.ToString(), "The statement doesn't stand.");
        if (statement.LastSequence > long.MaxValue || statement.LastSequence - statement.FirstSequence >= ReceiptBatch.MaxReceipts)
            return (nameof(StatementFault.TooManyReceipts), $"A statement has at most {ReceiptBatch.MaxReceipts} receipts here.");
        return ReceiptsFault(signed, node, receipts, terms, ref batch);
    }

    static (string Name, string Message)? ReceiptsFault(SignedStatement signed, Address node, ILookup<ulong, SignedReceipt> receipts, IntakeTerms terms, ref ReceiptBatch batch)
    {
        var statement = signed.Statement;
        var found = new SignedReceipt[statement.LastSequence - statement.FirstSequence + 1];
        for (var i = 0; i < found.Length; i++)
        {
            var sequence = statement.FirstSequence + (ulong)i;
            // Receipts of several nodes of a provider may come together.
            var candidates = receipts[sequence].Where(receipt => receipt.Receipt.Provider == statement.Provider).ToArray();
            if (candidates.Length == 0) return ("MissingReceipts", $"The receipt with sequence {sequence} is missing.");
            var faults = Array.ConvertAll(candidates, receipt => ReceiptCheck.Fault(receipt, node, terms.Rail, terms.Recover));
            var right = Array.IndexOf(faults, ReceiptFault.None);
            if (right < 0) return (faults[0].ToString(), $"The receipt with sequence {sequence} doesn't stand.");
            found[i] = candidates[right];
        }
        var tree = new SumTree(found.Select(receipt => receipt.Receipt));
        if (tree.Root != statement.Root || tree.Top.Totals != signed.Totals) return (nameof(StatementFault.RootMismatch), "The receipts don't add up to the statement.");
        batch = new ReceiptBatch(signed, found);
        return null;
    }

    static (string Name, string Message)? NotServed(Address provider, IntakeTerms terms) =>
        terms.Served.Count == 0 || terms.Served.Contains(provider) ? null : ("NotServed", $"This settler doesn't serve {provider}.");
}
