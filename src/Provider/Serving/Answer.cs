using System.Diagnostics;
using System.Text;
using System.Threading.Channels;
using ProofMesh.Inference;
using ProofMesh.Protocol;

namespace ProofMesh.Provider;

/// <summary>Where the frames of one answer go. It waits while the other side is slow, and throws when it is gone.</summary>
delegate ValueTask SendFrame(Frame frame, CancellationToken stop);

/// <summary>What was generated of one answer, and how far the payer acknowledged it.</summary>
sealed class AnswerProgress(Prices prices, uint promptTokens)
{
    public List<int> Tokens { get; } = [];
    public List<TokenLikelihood> Likelihoods { get; } = [];
    public int Sent { get; set; }
    public int AcceptedTokens { get; set; }
    public TokenAmount Acknowledged { get; set; }
    public uint FirstTokenMs { get; set; }

    /// <summary>Tokens of the prompt that the engine had computed before; known with the first token.</summary>
    public uint CachedTokens { get; set; }

    public uint PromptTokens => promptTokens;
    public TokenAmount Fee => FeeOf(Tokens.Count);
    public TokenAmount FeeOf(int tokens) => prices.FeeUp(promptTokens, CachedTokens, (uint)tokens);
    public bool OverCredit => Tokens.Count - AcceptedTokens >= Wire.CreditTokens;
}

/// <summary>Serves one request from a frame to its receipt.</summary>
/// <remarks>1 admit · 2 wait for a place · 3 have the model in memory · 4 generate, send, pause for vouchers · 5 journal the receipt · 6 sign and send it · 7 take the voucher</remarks>
sealed class Answer(ProviderOptions options, Rail rail, Address node, Address provider, Func<Bytes32, Signature> sign, Recover recover,
    Admission admission, RequestQueue queue, OpenRequests open, NodeBooks books, LoadedModels models, NodeHealth health, Speed speed, TimeProvider time)
{
    /// <summary>Sends chunks and a receipt, or one fault. Never throws for what the other side does.</summary>
    public async Task Serve(GenerateFrame ask, SendFrame send, CancellationToken stop)
    {
        using var request = open.TryAdd(ask.Id);
        if (request is null)
        {
            await Try(() => send(new FaultFrame(ask.Id, NodeFault.Replayed, $"Request {ask.Id} is being served."), CancellationToken.None));
            return;
        }
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop, request.Cancelled);
        ended.CancelAfter(ask.DeadlineMs);
        var arrived = time.GetTimestamp();
        var startedAt = (ulong)time.GetUtcNow().ToUnixTimeMilliseconds();
        try
        {
            var admitted = await admission.Admit(ask, ended.Token);
            try
            {
                await ServeAdmitted(admitted, request, send, arrived, startedAt, ended.Token);
            }
            finally
            {
                books.With(ask.Payer, account => account.Committed -= admitted.Quote);
            }
        }
        catch (RefusalException refusal)
        {
            await Try(() => send(refusal.ToFrame(ask.Id), CancellationToken.None));
        }
        catch (OperationCanceledException)
        {
            var fault = request.Cancelled.IsCancellationRequested ? NodeFault.Cancelled : stop.IsCancellationRequested ? NodeFault.ShuttingDown : NodeFault.DeadlineExceeded;
            await Try(() => send(new FaultFrame(ask.Id, fault, "The request ended before anything was computed; nothing is charged."), CancellationToken.None));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // The journal can't be written, so no receipt was signed.
            Log.Line("journal_failed", ("request", ask.Id), ("error", fault.Message));
            await Try(() => send(new FaultFrame(ask.Id, NodeFault.EngineFailed, "The node can't write its journal; nothing is charged."), CancellationToken.None));
        }
    }

    async Task ServeAdmitted(Admitted admitted, OpenRequest request, SendFrame send, long arrived, ulong startedAt, CancellationToken ended)
    {
        using var place = await Enter(admitted, ended);
        var seed = Commitments.Seed(admitted.Ask.Id, admitted.Ask.ClientNonce, admitted.Ask.Quote.Quote.NodeNonce, admitted.Ask.Sampling.Seed);
        var progress = new AnswerProgress(admitted.Prices, (uint)admitted.Prompt.Length);
        ReceiptStatus status;
        EndReason reason;
        // The model is free for others to take its room before the payer's voucher is waited for.
        using (var use = await Load(admitted, ended))
            (status, reason) = await Generate(use.Engine, admitted, seed, request, progress, send, arrived, ended);

        var billed = status is ReceiptStatus.Completed or ReceiptStatus.Length ? progress.Tokens.Count : Math.Min(progress.Sent, progress.Tokens.Count);
        if (reason is EndReason.NotPaid or EndReason.Gone or EndReason.Failed) billed = progress.AcceptedTokens;
        var receipt = Sign(admitted, seed, progress, billed, status, arrived, startedAt);
        await Settle(admitted, request, progress, receipt, reason, send);
    }

    async ValueTask<RequestQueue.Place> Enter(Admitted admitted, CancellationToken ended)
    {
        try
        {
            return await queue.Enter(Math.Clamp(admitted.Ask.Priority, 0, 6), ended)
                ?? throw new RefusalException(NodeFault.Overloaded, $"{queue.Waiting} requests wait at this node already.");
        }
        catch
        {
            books.Forget(admitted.Ask.Id);
            throw;
        }
    }

    async ValueTask<EngineUse> Load(Admitted admitted, CancellationToken ended)
    {
        try
        {
            return await models.Use(admitted.Model.Outline, ended);
        }
        catch (ModelLoadException)
        {
            books.Forget(admitted.Ask.Id);
            throw new RefusalException(NodeFault.EngineFailed, $"The node can't load {admitted.Model.Name} at the moment; nothing is charged.");
        }
        catch
        {
            books.Forget(admitted.Ask.Id);
            throw;
        }
    }

    async Task<(ReceiptStatus, EndReason)> Generate(Engine engine, Admitted admitted, Bytes32 seed, OpenRequest request, AnswerProgress progress, SendFrame send, long arrived, CancellationToken ended)
    {
        var ask = admitted.Ask;
        using var stopped = CancellationTokenSource.CreateLinkedTokenSource(ended);
        try
        {
            var began = time.GetTimestamp();
            await foreach (var token in engine.Generate(Request(admitted, seed), stopped.Token))
            {
                if (progress.Tokens.Count == 0 && token.Ids.Count > 0) progress.FirstTokenMs = ElapsedMs(arrived);
                progress.Tokens.AddRange(token.Ids);
                progress.CachedTokens = (uint)token.CachedTokens;
                if (token.LogProb is { } likely) progress.Likelihoods.Add(Likelihoods.Of(engine.Tokenizer, likely));
                if (token.Text.Length > 0 || token.Calls is not null || token.Finish is not null) await SendChunk(ask.Id, token.Text, token.Calls, progress, send, ended);
                if (token.Finish is { } finish)
                {
                    health.EngineWorked();
                    speed.Note(progress.Tokens.Count, time.GetElapsedTime(began));
                    return finish switch
                    {
                        FinishReason.Stop => (ReceiptStatus.Completed, EndReason.Stop),
                        FinishReason.Length => (ReceiptStatus.Length, EndReason.Length),
                        _ => (ReceiptStatus.CancelledByClient, EndReason.Cancelled),
                    };
                }
                if (progress.OverCredit && !await AskVoucher(admitted, request, progress, send, ended))
                    return (ReceiptStatus.CancelledByClient, EndReason.NotPaid);
            }
            return (ReceiptStatus.CancelledByClient, EndReason.Cancelled);
        }
        catch (OperationCanceledException)
        {
            return (ReceiptStatus.CancelledByClient, EndReason.Cancelled);
        }
        catch (LinkGoneException)
        {
            return (ReceiptStatus.CancelledByClient, EndReason.Gone);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            health.EngineFailed();
            Log.Line("engine_failed", ("request", ask.Id), ("error", fault.GetType().Name));
            return (ReceiptStatus.ProviderError, EndReason.Failed);
        }
        finally
        {
            await stopped.CancelAsync();
        }
    }

    static async ValueTask SendChunk(Bytes32 id, string text, IReadOnlyList<ToolCallPart>? calls, AnswerProgress progress, SendFrame send, CancellationToken stop)
    {
        var fresh = progress.Tokens.GetRange(progress.Sent, progress.Tokens.Count - progress.Sent).ToArray();
        var likely = progress.Likelihoods.Count == 0 ? null : progress.Likelihoods.ToArray();
        progress.Likelihoods.Clear();
        await send(new ChunkFrame(id, progress.Sent, fresh, text, progress.PromptTokens, likely, calls?.Select(call => new CallPart(call.Index, call.Name, call.Arguments)).ToArray()), stop);
        progress.Sent = progress.Tokens.Count;
    }

    /// <summary>Pauses until the payer acknowledged what was generated so far; false when it doesn't in time.</summary>
    async Task<bool> AskVoucher(Admitted admitted, OpenRequest request, AnswerProgress progress, SendFrame send, CancellationToken ended)
    {
        await SendChunk(admitted.Ask.Id, "", null, progress, send, ended);
        var fee = progress.Fee;
        var paid = await TakeVoucher(admitted, request, fee, progress, Bytes32.Zero,
            (required, last) => new NeedVoucherFrame(admitted.Ask.Id, required, progress.PromptTokens, (uint)progress.Tokens.Count, last), send, ended);
        if (paid) progress.AcceptedTokens = progress.Tokens.Count;
        return paid;
    }

    /// <summary>One spender of a payer is asked at a time; the answer must be for exactly what was asked.</summary>
    async Task<bool> TakeVoucher(Admitted admitted, OpenRequest request, TokenAmount fee, AnswerProgress progress, Bytes32 receipt,
        Func<TokenAmount, SignedVoucher?, Frame> question, SendFrame send, CancellationToken ended)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ended);
        timeout.CancelAfter(options.VoucherTimeout);
        var asking = books.With(admitted.Payer, account => account.Asking);
        var held = false;
        try
        {
            await asking.WaitAsync(timeout.Token);
            held = true;
            var (required, last) = books.With(admitted.Payer, account => (Credit.Required(account, fee, progress.Acknowledged), account.Last));
            await send(question(required, last), timeout.Token);
            if (fee.IsZero) return true;
            var terms = new VoucherTerms(admitted.Payer, node, required, required, admitted.Ask.Grant?.Grant, admitted.Chain.Claimed);
            while (true)
            {
                var voucher = await request.Vouchers.Reader.ReadAsync(timeout.Token);
                if (voucher.Voucher.Receipt != receipt || VoucherCheck.Fault(voucher, terms, rail, recover) != VoucherFault.None) continue;
                books.Accept(voucher);
                progress.Acknowledged = fee;
                return true;
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or LinkGoneException)
        {
            return false;
        }
        finally
        {
            if (held) asking.Release();
        }
    }

    SignedReceipt Sign(Admitted admitted, Bytes32 seed, AnswerProgress progress, int billed, ReceiptStatus status, long arrived, ulong startedAt)
    {
        var ask = admitted.Ask;
        var tokens = progress.Tokens.Take(billed).ToArray();
        var duration = ElapsedMs(arrived);
        var draft = new Receipt(
            ask.Id, ask.Payer, provider, 0, ask.Model,
            Commitments.Request(ask.Salt, ask.Chat), Commitments.Response(ask.Salt, tokens), Commitments.Sampling(ask.Salt, seed, ask.Sampling), Bytes32.Zero,
            progress.PromptTokens, progress.CachedTokens, (uint)billed,
            admitted.Prices.Input, admitted.Prices.Cached, admitted.Prices.Output,
            progress.FeeOf(billed), TokenAmount.Zero,
            startedAt, billed == 0 ? 0 : Math.Min(progress.FirstTokenMs, duration), duration, status);
        var receipt = books.Write(draft);
        return new SignedReceipt(receipt, sign(receipt.Digest(rail)));
    }

    async Task Settle(Admitted admitted, OpenRequest request, AnswerProgress progress, SignedReceipt receipt, EndReason reason, SendFrame send)
    {
        var fee = receipt.Receipt.Fee;
        var paid = await TakeVoucher(admitted, request, fee, progress, receipt.Receipt.StructHash(),
            (required, last) => new ReceiptFrame(admitted.Ask.Id, receipt, admitted.Ask.Quote.Quote.NodeNonce, required, last, reason.ToString().ToLowerInvariant()),
            send, CancellationToken.None);
        if (paid) return;
        var missing = TokenAmount.Difference(fee, progress.Acknowledged);
        books.With(admitted.Payer, account => account.Unpaid += missing);
        if (!missing.IsZero) Log.Line("fee_unpaid", ("request", admitted.Ask.Id), ("payer", admitted.Payer), ("amount", missing));
    }

    // Whoever shares a cache with others can tell by the time to the first token what they asked before.
    GenerateRequest Request(Admitted admitted, Bytes32 seed) => new()
    {
        Prompt = admitted.Prompt,
        MaxTokens = (int)admitted.Ask.Chat.MaxTokens,
        Stop = admitted.Ask.Chat.Stop,
        Format = admitted.Ask.Chat.ResponseFormat,
        Tools = Conversation.Tools(admitted.Ask.Chat),
        TopLogProbs = admitted.Ask.TopLogprobs,
        Priority = Math.Clamp(admitted.Ask.Priority, 0, GenerateRequest.MaxPriority),
        CacheScope = options.ShareCache ? "all"u8.ToArray() : Encoding.UTF8.GetBytes(admitted.Payer.ToString()),
        Sampling = new SamplingParameters
        {
            Temperature = admitted.Ask.Sampling.Temperature,
            TopP = admitted.Ask.Sampling.TopP,
            MinP = admitted.Ask.Sampling.MinP,
            TopK = (int)admitted.Ask.Sampling.TopK,
            RepetitionPenalty = admitted.Ask.Sampling.RepetitionPenalty,
            FrequencyPenalty = admitted.Ask.Sampling.FrequencyPenalty,
            PresencePenalty = admitted.Ask.Sampling.PresencePenalty,
            Seed = seed.ToArray(),
        },
    };

    uint ElapsedMs(long since) => (uint)Math.Min(uint.MaxValue, time.GetElapsedTime(since).TotalMilliseconds);

    static async ValueTask Try(Func<ValueTask> act)
    {
        try { await act(); }
        catch (LinkGoneException) { Log.Line("link_gone"); }
    }
}

/// <summary>Why generation ended.</summary>
enum EndReason
{
    Stop,
    Length,
    Cancelled,
    /// <summary>No voucher came in time.</summary>
    NotPaid,
    /// <summary>The other side's connection ended.</summary>
    Gone,
    /// <summary>The engine failed.</summary>
    Failed,
}

/// <summary>The connection on which an answer was going out has ended.</summary>
sealed class LinkGoneException(string message) : Exception(message);
