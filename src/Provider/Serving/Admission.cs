using ProofMesh.Inference;
using ProofMesh.Protocol;

namespace ProofMesh.Provider;

/// <summary>A request that passed every check and holds its id and its share of the payer's escrow.</summary>
sealed record Admitted(GenerateFrame Ask, SoldModel Model, int[] Prompt, TokenAmount Quote, PayerOnChain Chain)
{
    public Prices Prices => Ask.Quote.Quote.Prices;
    public Address Payer => Ask.Payer;
}

/// <summary>Decides whether a request is served, before anything is computed.</summary>
sealed class Admission(ProviderOptions options, Rail rail, Address node, Address provider, Func<Bytes32, Signature> sign, Catalogue catalogue,
    NodeBooks books, NodeHealth health, ReadPayer readPayer, Func<SignedReserve, CancellationToken, Task> register, Recover recover, AskWallet askWallet)
{
    const int MostMessages = 1_024;

    /// <summary>1 model and values · 2 quote · 3 id · 4 tokens · 5 authority · 6 escrow, reserve, debts. On refusal the id is free again.</summary>
    /// <exception cref="RefusalException">The request is refused; the message says what to mend.</exception>
    public async ValueTask<Admitted> Admit(GenerateFrame ask, CancellationToken stop)
    {
        var model = catalogue.Find(ask.Model);
        CheckValues(ask, model);
        if (health.Illness is { } illness) throw new RefusalException(NodeFault.Overloaded, $"The node isn't well: {illness}");
        if (!model.Quotes.Stands(ask.Quote)) throw new RefusalException(NodeFault.StaleQuote, "The quote isn't this node's, or its time is up: ask for a new one.");
        if (!books.TryBegin(ask.Id)) throw new RefusalException(NodeFault.Replayed, $"Request {ask.Id} was served before: use a new nonce.");
        try
        {
            var prompt = Tokenise(ask.Chat, model);
            var quote = ask.Quote.Quote.Prices.FeeUp((uint)prompt.Length, 0, ask.Chat.MaxTokens);
            var chain = await FromChain(() => readPayer(ask.Payer, stop));
            await CheckAuthority(ask, chain, stop);
            chain = await Reserved(ask, chain, quote, stop);
            Commit(ask, chain, quote);
            return new Admitted(ask, model, prompt, quote, chain);
        }
        catch
        {
            books.Forget(ask.Id);
            throw;
        }
    }

    static void CheckValues(GenerateFrame ask, SoldModel model)
    {
        var fault = ask switch
        {
            _ when ask.Payer.IsZero => "payer is zero",
            _ when ask.Id != Commitments.RequestId(ask.Payer, ask.ClientNonce) => "id isn't keccak(payer ‖ client_nonce)",
            { Chat.Messages.Length: 0 or > MostMessages } => $"chat.messages has {ask.Chat.Messages.Length} entries, 1 to {MostMessages} are served",
            { Chat.MaxTokens: 0 } => "chat.max_tokens is 0",
            { Chat.Stop.Length: > GenerateRequest.MaxStops } => $"chat.stop has {ask.Chat.Stop.Length} entries, at most {GenerateRequest.MaxStops} are served",
            _ when ask.Chat.Stop.Any(text => text.Length is 0 or > GenerateRequest.MaxStopLength) => $"a stop string must have 1 to {GenerateRequest.MaxStopLength} characters",
            { DeadlineMs: < 1 or > 3_600_000 } => $"deadline_ms is {ask.DeadlineMs}, 1 to 3600000 is served",
            _ when ask.Chat.MaxTokens > model.MaxTokens => $"chat.max_tokens is {ask.Chat.MaxTokens}, this node answers with at most {model.MaxTokens}",
            { TopLogprobs: < 0 or > GenerateRequest.MaxTopLogProbs } => $"top_logprobs is {ask.TopLogprobs}, 0 to {GenerateRequest.MaxTopLogProbs} are served",
            _ when ToolCheck.Fault(ask.Chat.Tools, ask.Chat.Messages) is { } tools => tools.TrimEnd('.'),
            _ when model.Outline.FormatFault(ask.Chat.ResponseFormat) is { } format => $"response_format: {format.TrimEnd('.')}",
            _ when model.Outline.FormatFault(ask.Chat.ResponseFormat, Conversation.Tools(ask.Chat)) is { } tools => tools.TrimEnd('.'),
            _ => ask.Sampling.Fault(),
        };
        if (fault is not null) throw new RefusalException(NodeFault.BadFrame, fault + ".");
    }

    static int[] Tokenise(ChatRequest chat, SoldModel model)
    {
        int[] prompt;
        try
        {
            prompt = model.Outline.Prompt(Conversation.Messages(chat), Conversation.Tools(chat));
        }
        catch (Exception fault) when (fault is ChatTemplateException or ArgumentException)
        {
            throw new RefusalException(NodeFault.BadFrame, $"The model's chat template refuses these messages: {fault.Message}");
        }
        // The customer's side believes no more, and would take this node for a cheat.
        if (prompt.Length > chat.PromptTokensAtMost())
            throw new RefusalException(NodeFault.BadFrame, $"messages and tools make a prompt of {prompt.Length} tokens in this model's template, more than the {chat.PromptTokensAtMost()} that they explain.");
        if (prompt.Length + (long)chat.MaxTokens > model.Outline.Context)
            throw new RefusalException(NodeFault.ContextOverflow, $"The prompt has {prompt.Length} tokens and max_tokens is {chat.MaxTokens}: together {prompt.Length + (long)chat.MaxTokens}, but the context has {model.Outline.Context}.");
        return prompt;
    }

    static async ValueTask<T> FromChain<T>(Func<ValueTask<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            throw new RefusalException(NodeFault.Overloaded, "The node can't reach the chain at the moment; try another node or later.");
        }
    }

    // What a payer without money says costs neither disk nor memory.
    async ValueTask CheckAuthority(GenerateFrame ask, PayerOnChain chain, CancellationToken stop)
    {
        if (ask.Grant is { } grant)
        {
            var fault = grant.Grant.Payer == ask.Payer ? await FromChain(() => GrantCheck.FaultAsync(grant, new GrantTerms(chain.Time, chain.Epoch), rail, recover, askWallet, stop)) : GrantFault.WrongParty;
            if (fault != GrantFault.None) throw new RefusalException(NodeFault.BadGrant, $"The grant isn't good: {fault}.");
        }
        if (ask.Last is not { } last) return;
        var terms = new VoucherTerms(ask.Payer, node, TokenAmount.Zero, Credit.Limit(chain), ask.Grant?.Grant, chain.Claimed);
        var wrong = VoucherCheck.Fault(last, terms, rail, recover);
        if (wrong != VoucherFault.None) throw new RefusalException(NodeFault.BadVoucher, $"The last voucher isn't good: {wrong}.");
        if (last.Voucher.Cumulative <= books.With(ask.Payer, account => account.Acknowledged)) return;
        Remember(ask.Grant, chain);
        books.AcceptShown(last);
    }

    void Remember(SignedGrant? grant, PayerOnChain chain)
    {
        if (grant is not null && !books.TryRemember(grant, chain.Time))
            throw new RefusalException(NodeFault.BadGrant, "This payer has too many spenders at this node: settle what they owe, or use one of them.");
    }

    /// <summary>The chain as it is once the payer's reserve covers what is at stake, where this node gives no credit.</summary>
    async ValueTask<PayerOnChain> Reserved(GenerateFrame ask, PayerOnChain chain, TokenAmount quote, CancellationToken stop)
    {
        if (options.Reserve == 0) return chain;
        var needed = books.With(ask.Payer, account => Credit.Needed(account, chain, quote));
        if (needed <= chain.Reserved) return chain;
        var wanted = new Reserve(ask.Payer, provider, new(UInt128.Max(options.Reserve, needed.Units)), chain.Time + (ulong)options.ReserveLife.TotalSeconds);
        if (ask.Reserve is not { } signed)
            throw new RefusalException(NodeFault.PaymentRequired, $"This node gives no credit: reserve {wanted.Amount} base units for provider {provider} until {wanted.Until}.", wanted.Amount, reserve: wanted);
        if (ReserveCheck.Fault(signed, wanted, ask.Grant?.Grant, EscrowView.ReserveMargin, rail, recover) is { } wrong)
            throw new RefusalException(NodeFault.PaymentRequired, $"The reserve isn't good: {wrong}", wanted.Amount, reserve: wanted);
        try
        {
            await register(signed, stop);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            throw new RefusalException(NodeFault.PaymentRequired, $"The reserve can't be registered on chain: {fault.Message}", wanted.Amount, reserve: wanted);
        }
        chain = await FromChain(() => readPayer(ask.Payer, stop));
        return needed <= chain.Reserved ? chain : throw new RefusalException(NodeFault.PaymentRequired, $"{chain.Reserved} base units are reserved, {needed} are needed.", wanted.Amount, reserve: wanted);
    }

    void Commit(GenerateFrame ask, PayerOnChain chain, TokenAmount quote)
    {
        var (needed, unpaid, last, owing) = books.With(ask.Payer, account =>
        {
            var needed = Credit.Needed(account, chain, quote);
            if (needed <= chain.Available && account.Unpaid.Units <= options.UnpaidLimit) account.Committed += quote;
            return (needed, account.Unpaid, account.Last, account.Owing.ToArray());
        });
        if (needed > chain.Available)
            throw new RefusalException(NodeFault.PaymentRequired, $"The request may cost {quote} and the payer's escrow must cover {needed} base units with what is still unclaimed; it has {chain.Available}. Deposit {needed - chain.Available} more.", needed, last);
        if (unpaid.Units > options.UnpaidLimit)
            throw new RefusalException(NodeFault.PaymentRequired, $"{unpaid} base units of earlier answers are unpaid at this node: sign a voucher for those that you know, and send it as last.",
                (last?.Voucher.Cumulative ?? TokenAmount.Zero) + unpaid, last, [.. owing.Select(receipt => new SignedReceipt(receipt, sign(receipt.Digest(rail))))]);
        try
        {
            Remember(ask.Grant, chain);
        }
        catch
        {
            books.With(ask.Payer, account => account.Committed -= quote);
            throw;
        }
    }
}
