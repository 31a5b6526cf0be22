namespace ProofMesh.Protocol;

/// <summary>What one request is, and what may be paid for it: fixed when it is sent.</summary>
/// <param name="PromptTokensAtMost">The most tokens that the prompt can have.</param>
/// <param name="SentAt">Unix milliseconds.</param>
public sealed record BillTerms(
    Bytes32 Request, Bytes32 Salt, Bytes32 ClientNonce, Address Payer, Address Node, Address Provider,
    ChatRequest Chat, Sampling Sampling, Quote Quote, uint PromptTokensAtMost, ulong SentAt, ulong ReceiptedSequence, TokenAmount Receipted);

/// <summary>The customer's side of one request, at a gateway or in the SDK: counts what arrived of the answer, and says which payment it explains.</summary>
public sealed class Bill(BillTerms terms)
{
    readonly List<int> tokens = [];
    SignedVoucher? signed;
    TokenAmount? asked;

    public BillTerms Terms => terms;
    public uint PromptTokens { get; private set; }
    public int CompletionTokens => tokens.Count;

    /// <summary>Calls that have begun.</summary>
    public int Calls { get; private set; }

    /// <summary>What vouchers that were signed for this request added.</summary>
    public TokenAmount Acknowledged { get; private set; }

    /// <summary>What is wrong with a part of the answer, or null. A part that came before changes nothing.</summary>
    public string? Take(ChunkFrame chunk, out bool known)
    {
        known = chunk.First >= 0 && chunk.First < tokens.Count && chunk.First + chunk.Tokens.Length <= tokens.Count && chunk.Tokens.Length > 0;
        if (known) return null;
        if (chunk.First != tokens.Count) return $"A chunk begins at token {chunk.First}, {tokens.Count} have come.";
        if (tokens.Count + chunk.Tokens.Length > terms.Chat.MaxTokens) return $"The answer has more than the {terms.Chat.MaxTokens} tokens that were asked for.";
        if (PromptFault(chunk.PromptTokens) is { } fault) return fault;
        if (chunk.Logprobs is { } likely && (likely.Length != chunk.Tokens.Length || likely.Any(token => !token.IsPossible)))
            return "The probabilities of a chunk don't fit its tokens.";
        if (chunk.Calls is { } calls && !Array.TrueForAll(calls, Follows)) return "A chunk has part of a call that wasn't asked for or doesn't follow what came.";
        PromptTokens = chunk.PromptTokens;
        tokens.AddRange(chunk.Tokens);
        return null;
    }

    /// <summary>The rise that a voucher for this total would mean, or what is wrong with it.</summary>
    /// <param name="last">The total of the newest voucher that the node showed, checked elsewhere.</param>
    public (TokenAmount Rise, string? Fault) Explain(NeedVoucherFrame need, TokenAmount last)
    {
        if (PromptFault(need.PromptTokens) is { } fault) return (default, fault);
        if (need.CompletionTokens > tokens.Count) return (default, $"The node asks for {need.CompletionTokens} tokens, {tokens.Count} have come.");
        return Explain(need.Required, last, terms.Quote.Prices.FeeUp(need.PromptTokens, 0, need.CompletionTokens));
    }

    /// <summary>The same for the last voucher: it rises by the receipt's fee less what was acknowledged.</summary>
    public (TokenAmount Rise, string? Fault) Explain(ReceiptFrame frame, TokenAmount last) => Explain(frame.Required, last, frame.Receipt.Receipt.Fee);

    (TokenAmount, string?) Explain(TokenAmount required, TokenAmount last, TokenAmount fee)
    {
        if (required < last) return (default, $"The node asks for {required}, less than its last voucher of {last}.");
        var rise = required - last;
        var due = TokenAmount.Difference(fee, Acknowledged);
        return rise <= due ? (rise, null) : (default, $"The node asks for {rise} more, this request explains {due}.");
    }

    /// <summary>The voucher that answered the same question before: a frame that comes twice is answered alike.</summary>
    public SignedVoucher? Answered(TokenAmount required, TokenAmount last) =>
        signed is not null && signed.Voucher.Cumulative == required && asked == last ? signed : null;

    public void Acknowledge(SignedVoucher voucher, TokenAmount last, TokenAmount rise)
    {
        (signed, asked) = (voucher, last);
        Acknowledged += rise;
    }

    /// <summary>Whether the receipt tells what happened.</summary>
    /// <param name="now">Unix milliseconds.</param>
    public ReceiptFault Check(ReceiptFrame frame, Rail rail, ulong now, Recover recover)
    {
        var receipt = frame.Receipt.Receipt;
        // The quote's nonce is the only one that the node had before it knew the request.
        if (frame.NodeNonce != terms.Quote.NodeNonce) return ReceiptFault.WrongSampling;
        var seed = Commitments.Seed(terms.Request, terms.ClientNonce, frame.NodeNonce, terms.Sampling.Seed);
        var promptTokens = tokens.Count > 0 ? PromptTokens : terms.PromptTokensAtMost;
        // An answer that was broken off may be billed for less than what was on its way.
        var broken = receipt.Status is not (ReceiptStatus.Completed or ReceiptStatus.Length) && receipt.CompletionTokens < tokens.Count;
        var billed = broken ? tokens.Take((int)receipt.CompletionTokens).ToArray() : tokens.ToArray();
        var fault = ReceiptCheck.Fault(frame.Receipt, new ReceiptTerms(
            terms.Request, terms.Payer, terms.Provider, terms.Node, terms.Quote.Model,
            Commitments.Request(terms.Salt, terms.Chat), Commitments.Sampling(terms.Salt, seed, terms.Sampling), terms.Salt, billed, promptTokens,
            terms.Quote.Prices, Before: null, terms.SentAt, now), rail, recover);
        if (fault != ReceiptFault.None) return fault;
        // Others may use the payer's money at this node as well, so the total is known from below alone.
        return receipt.Sequence > terms.ReceiptedSequence && receipt.Cumulative < terms.Receipted + receipt.Fee ? ReceiptFault.WrongCumulative : ReceiptFault.None;
    }

    // A part begins the next call, or goes on with the newest.
    bool Follows(CallPart part)
    {
        if (part.Name is null) return Calls > 0 && part.Index == Calls - 1;
        if (part.Index != Calls || terms.Chat.Tools is not { } tools || !tools.Allows(part.Name) || (Calls > 0 && !tools.Parallel)) return false;
        Calls++;
        return true;
    }

    string? PromptFault(uint promptTokens)
    {
        if (promptTokens == 0 || promptTokens > terms.PromptTokensAtMost) return $"A prompt of {promptTokens} tokens isn't believed: it has {terms.PromptTokensAtMost} at most.";
        return tokens.Count > 0 && promptTokens != PromptTokens ? $"The prompt had {PromptTokens} tokens, now it has {promptTokens}." : null;
    }
}
