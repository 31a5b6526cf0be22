namespace ProofMesh.Protocol;

/// <summary>What the customer's side saw of a request, against which its receipt is held.</summary>
/// <param name="Tokens">Ids that arrived, in order.</param>
/// <param name="Before">The payer's total at this node before this request.</param>
/// <param name="SentAt">Unix milliseconds by the customer's clock.</param>
/// <param name="ReceivedAt">Unix milliseconds by the customer's clock.</param>
public sealed record ReceiptTerms(
    Bytes32 RequestId, Address Payer, Address Provider, Address Node, Bytes32 Model,
    Bytes32 Request, Bytes32 Sampling, Bytes32 Salt, ReadOnlyMemory<int> Tokens, uint PromptTokens,
    Prices Prices, TokenAmount? Before, ulong SentAt, ulong ReceivedAt);

/// <summary>What the chain says of a receipt's statement.</summary>
/// <param name="ProviderOf">Whose node a key is; zero for nobody's.</param>
/// <param name="IsSettled">Whether it holds this statement of this node.</param>
public sealed record ProofTerms(Func<Address, Address> ProviderOf, Func<Address, Statement, bool> IsSettled);

/// <summary>The one validator of receipts: node, gateway, settlement and auditor ask it.</summary>
public static class ReceiptCheck
{
    /// <summary>Clocks of customer and node may differ by so much.</summary>
    public const ulong ClockToleranceMs = 30_000;

    /// <summary>What anybody can see to be wrong in the receipt alone.</summary>
    public static ReceiptFault Fault(Receipt receipt) => Wrong(receipt) is var fault && fault != ReceiptFault.None ? fault : Odd(receipt);

    /// <summary>The same, and whether this node signed it.</summary>
    public static ReceiptFault Fault(SignedReceipt signed, Address node, Rail rail, Recover recover)
    {
        if (recover.Signer(signed.Receipt.Digest(rail), signed.Signature) is not { } signer) return ReceiptFault.BadSignature;
        return signer == node ? Fault(signed.Receipt) : ReceiptFault.WrongNode;
    }

    /// <summary>Whether a node signed the receipt and settled it at its place: what checkReceipt asks, in its order.</summary>
    public static ReceiptFault Fault(ReceiptProof proof, ProofTerms terms, Rail rail, Recover recover)
    {
        var (receipt, statement) = (proof.Receipt.Receipt, proof.Statement.Statement);
        if (recover.Signer(receipt.Digest(rail), proof.Receipt.Signature) is not { } signer) return ReceiptFault.BadSignature;
        if (receipt.Provider.IsZero || terms.ProviderOf(signer) != receipt.Provider) return ReceiptFault.WrongNode;
        if (receipt.Provider != statement.Provider) return ReceiptFault.WrongProvider;
        if (Wrong(receipt) is var wrong && wrong != ReceiptFault.None) return wrong;
        if (Misplaced(receipt, statement, proof.Path) is var misplaced && misplaced != ReceiptFault.None) return misplaced;
        return terms.IsSettled(signer, statement) ? Odd(receipt) : ReceiptFault.StatementUnknown;
    }

    /// <summary>Whether the path leads from the receipt, at its sequence, to the statement's root.</summary>
    public static ReceiptFault Misplaced(Receipt receipt, Statement statement, IReadOnlyList<SumNode> path)
    {
        if (receipt.Sequence < statement.FirstSequence || receipt.Sequence > statement.LastSequence) return ReceiptFault.OutOfRange;
        var last = statement.LastSequence - statement.FirstSequence;
        if (last >= SumTree.MostLeaves) return ReceiptFault.StatementUnknown;
        if (path.Count != SumTree.DepthOf(last + 1)) return ReceiptFault.WrongDepth;
        return SumTree.Verify(statement.Root, last + 1, receipt.Sequence - statement.FirstSequence, SumTree.Leaf(receipt), path) ? ReceiptFault.None : ReceiptFault.RootMismatch;
    }

    /// <summary>The same, and whether it tells what the customer saw.</summary>
    public static ReceiptFault Fault(SignedReceipt signed, ReceiptTerms terms, Rail rail, Recover recover)
    {
        var fault = Fault(signed, terms.Node, rail, recover);
        return fault != ReceiptFault.None ? fault : Differs(signed.Receipt, terms);
    }

    static ReceiptFault Wrong(Receipt receipt)
    {
        if (receipt.CachedTokens > receipt.PromptTokens) return ReceiptFault.CachedAbovePrompt;
        if (receipt.Status > ReceiptStatus.Refused) return ReceiptFault.UnknownStatus;
        var fee = receipt.Prices.FeeUp(receipt.PromptTokens, receipt.CachedTokens, receipt.CompletionTokens);
        return receipt.Fee == fee ? ReceiptFault.None : ReceiptFault.WrongFee;
    }

    static ReceiptFault Odd(Receipt receipt)
    {
        if (receipt.RequestId.IsZero) return ReceiptFault.ZeroRequestId;
        if (receipt.Payer.IsZero) return ReceiptFault.ZeroPayer;
        if (receipt.Provider.IsZero) return ReceiptFault.ZeroProvider;
        if (receipt.Sequence == 0) return ReceiptFault.ZeroSequence;
        if (receipt.Cumulative < receipt.Fee) return ReceiptFault.CumulativeBelowFee;
        return receipt.FirstTokenMs > receipt.DurationMs ? ReceiptFault.FirstTokenAfterEnd : ReceiptFault.None;
    }

    static ReceiptFault Differs(Receipt receipt, ReceiptTerms terms)
    {
        if (receipt.RequestId != terms.RequestId) return ReceiptFault.WrongRequestId;
        if (receipt.Payer != terms.Payer) return ReceiptFault.WrongPayer;
        if (receipt.Provider != terms.Provider) return ReceiptFault.WrongProvider;
        if (receipt.Model != terms.Model) return ReceiptFault.WrongModel;
        if (receipt.Request != terms.Request) return ReceiptFault.WrongRequest;
        if (receipt.CompletionTokens != terms.Tokens.Length) return ReceiptFault.WrongCompletionTokens;
        if (receipt.Response != Commitments.Response(terms.Salt, terms.Tokens.Span)) return ReceiptFault.WrongResponse;
        if (receipt.Sampling != terms.Sampling) return ReceiptFault.WrongSampling;
        if (receipt.PromptTokens > terms.PromptTokens) return ReceiptFault.WrongPromptTokens;
        if (receipt.Prices != terms.Prices) return ReceiptFault.WrongPrice;
        if (terms.Before is { } before && receipt.Cumulative != before + receipt.Fee) return ReceiptFault.WrongCumulative;
        return OutOfTime(receipt, terms) ? ReceiptFault.WrongTime : ReceiptFault.None;
    }

    // The node can't have started before it was asked nor ended after its receipt arrived, clocks allowed for.
    static bool OutOfTime(Receipt receipt, ReceiptTerms terms) =>
        receipt.StartedAt + ClockToleranceMs < terms.SentAt
        || receipt.StartedAt > terms.ReceivedAt + ClockToleranceMs
        || receipt.DurationMs > terms.ReceivedAt - terms.SentAt + ClockToleranceMs;
}
