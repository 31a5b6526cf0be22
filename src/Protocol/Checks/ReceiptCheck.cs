namespace ProofMesh.Protocol;

/// <summary>The first thing that is wrong with a receipt.</summary>
public enum ReceiptFault
{
    None,
    ZeroRequestId,
    ZeroPayer,
    ZeroProvider,
    ZeroSequence,
    CachedAbovePrompt,
    UnknownStatus,
    WrongFee,
    CumulativeBelowFee,
    FirstTokenAfterEnd,
    BadSignature,
    /// <summary>Not signed by the node that served.</summary>
    WrongSigner,
    WrongRequestId,
    WrongPayer,
    WrongProvider,
    WrongModel,
    WrongRequest,
    WrongResponse,
    WrongSampling,
    WrongPromptTokens,
    WrongCompletionTokens,
    WrongPrice,
    WrongCumulative,
    WrongTime,
}

/// <summary>What the customer's side saw of a request, against which its receipt is held.</summary>
/// <param name="Tokens">Ids that arrived, in order.</param>
/// <param name="Before">The payer's total at this node before this request.</param>
/// <param name="SentAt">Unix milliseconds by the customer's clock.</param>
/// <param name="ReceivedAt">Unix milliseconds by the customer's clock.</param>
public sealed record ReceiptTerms(
    Bytes32 RequestId, Address Payer, Address Provider, Address Node, Bytes32 Model,
    Bytes32 Request, Bytes32 Sampling, Bytes32 Salt, ReadOnlyMemory<int> Tokens, uint PromptTokens,
    Prices Prices, TokenAmount? Before, ulong SentAt, ulong ReceivedAt);

/// <summary>The one validator of receipts: node, gateway, settlement and auditor ask it.</summary>
public static class ReceiptCheck
{
    /// <summary>Clocks of customer and node may differ by so much.</summary>
    public const ulong ClockToleranceMs = 30_000;

    /// <summary>What anybody can see to be wrong in the receipt alone.</summary>
    public static ReceiptFault Fault(Receipt receipt)
    {
        if (receipt.RequestId.IsZero) return ReceiptFault.ZeroRequestId;
        if (receipt.Payer.IsZero) return ReceiptFault.ZeroPayer;
        if (receipt.Provider.IsZero) return ReceiptFault.ZeroProvider;
        if (receipt.Sequence == 0) return ReceiptFault.ZeroSequence;
        if (receipt.CachedTokens > receipt.PromptTokens) return ReceiptFault.CachedAbovePrompt;
        if (receipt.Status > ReceiptStatus.Refused) return ReceiptFault.UnknownStatus;
        if (receipt.Fee != receipt.Prices.FeeUp(receipt.PromptTokens, receipt.CachedTokens, receipt.CompletionTokens)) return ReceiptFault.WrongFee;
        if (receipt.Cumulative < receipt.Fee) return ReceiptFault.CumulativeBelowFee;
        return receipt.FirstTokenMs > receipt.DurationMs ? ReceiptFault.FirstTokenAfterEnd : ReceiptFault.None;
    }

    /// <summary>The same, and whether this node signed it.</summary>
    public static ReceiptFault Fault(SignedReceipt signed, Address node, Rail rail, Recover recover)
    {
        var fault = Fault(signed.Receipt);
        if (fault != ReceiptFault.None) return fault;
        if (!signed.Signature.IsCanonical) return ReceiptFault.BadSignature;
        var signer = recover(signed.Receipt.Digest(rail), signed.Signature);
        if (signer is null) return ReceiptFault.BadSignature;
        return signer == node ? ReceiptFault.None : ReceiptFault.WrongSigner;
    }

    /// <summary>The same, and whether it tells what the customer saw.</summary>
    public static ReceiptFault Fault(SignedReceipt signed, ReceiptTerms terms, Rail rail, Recover recover)
    {
        var fault = Fault(signed, terms.Node, rail, recover);
        return fault != ReceiptFault.None ? fault : Differs(signed.Receipt, terms);
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
