using ProofMesh.Chain;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>One request at one node: sends it, relays the answer, pays as it comes, checks the receipt.</summary>
/// <remarks>The reservation may be on its way while the answer begins; nothing is paid before it stands.</remarks>
sealed class Attempt(Node node, Bill bill, AnswerHead head, Lazy<Task<Outcome?>> reserved, Answer answer, Payments payments, Rail rail, LimitOptions limits, TimeProvider time)
{
    readonly long started = time.GetTimestamp();
    bool left;

    public async Task<Outcome> RunAsync(GenerateFrame generate, CancellationToken customer)
    {
        using var stream = node.Link.Open(generate.Id);
        node.Begin();
        try
        {
            if (!await stream.SendAsync(generate, CancellationToken.None)) return Gone();
            // If the money isn't held yet, that goes on while the node begins.
            _ = reserved.Value;
            return await RelayAsync(stream, customer);
        }
        finally
        {
            node.End();
        }
    }

    // The customer's token ends the writing; the node still has to close the request, and is paid for what arrived.
    async Task<Outcome> RelayAsync(NodeStream stream, CancellationToken customer)
    {
        using var closing = new CancellationTokenSource();
        var first = true;
        while (true)
        {
            var more = await WaitAsync(stream, first ? limits.FirstToken : limits.Silence, customer, closing);
            if (more is null) return await StalledAsync(stream);
            if (more == false) return Gone();
            first = false;
            while (stream.TryRead(out var frame))
                if (await HeardAsync(stream, frame, customer, closing) is { } outcome) return outcome;
            if (!left && bill.CompletionTokens > 0) await WriteAsync(stream, () => answer.FlushAsync(customer), closing);
        }
    }

    async Task<Outcome?> HeardAsync(NodeStream stream, Frame frame, CancellationToken customer, CancellationTokenSource closing) => frame switch
    {
        ChunkFrame chunk => await ChunkAsync(stream, chunk, customer, closing),
        NeedVoucherFrame need => await NeedAsync(stream, need, customer, closing),
        ReceiptFrame receipt => await ReceiptAsync(stream, receipt, customer, closing),
        FaultFrame fault => Refused(fault),
        _ => null,
    };

    async Task<Outcome?> ChunkAsync(NodeStream stream, ChunkFrame chunk, CancellationToken customer, CancellationTokenSource closing)
    {
        if (bill.CompletionTokens == 0 && chunk.Tokens.Length > 0) node.Served(time.GetElapsedTime(started).TotalMilliseconds);
        if (bill.Take(chunk, out var known) is { } fault) return await BrokeAsync(stream, RelayFault.NodeBroke, fault);
        if (known || left) return null;
        // A part that says nothing but calls is no beginning of a text.
        if (chunk.Text.Length > 0 || chunk.Calls is null || chunk.Logprobs is not null) await WriteAsync(stream, () => answer.TextAsync(head, chunk.Text, chunk.Logprobs, customer), closing);
        if (chunk.Calls is { Length: > 0 } calls && !left) await WriteAsync(stream, () => answer.CallsAsync(head, calls, customer), closing);
        return null;
    }

    // What was paid for must have reached the customer: a reader that is slow pauses its own node, and nobody else.
    async Task<Outcome?> NeedAsync(NodeStream stream, NeedVoucherFrame need, CancellationToken customer, CancellationTokenSource closing)
    {
        if (!left) await WriteAsync(stream, () => answer.FlushAsync(customer), closing);
        if (await reserved.Value is { } unpaid) return await UnpaidAsync(stream, unpaid);
        var paid = await payments.VoucherAsync(bill, need);
        if (paid.Voucher is null) return await BrokeAsync(stream, paid.Fault, paid.Message);
        return await stream.SendAsync(new VoucherFrame(need.Id, paid.Voucher), CancellationToken.None) ? null : Gone();
    }

    async Task<Outcome?> ReceiptAsync(NodeStream stream, ReceiptFrame frame, CancellationToken customer, CancellationTokenSource closing)
    {
        // The customer needn't wait for the books to read what has come.
        if (!left && bill.CompletionTokens > 0) await WriteAsync(stream, () => answer.FlushAsync(customer), closing);
        var now = (ulong)time.GetUtcNow().ToUnixTimeMilliseconds();
        var fault = bill.Check(frame, rail, now, Ecdsa.Recover);
        if (fault != ReceiptFault.None) return await BrokeAsync(stream, RelayFault.BadReceipt, $"The receipt is refused: {fault}.");
        if (await reserved.Value is { } unpaid) return await UnpaidAsync(stream, unpaid);
        var paid = await payments.FinalAsync(bill, frame);
        if (paid.Voucher is null) return await BrokeAsync(stream, paid.Fault, paid.Message);
        await stream.SendAsync(new VoucherFrame(frame.Id, paid.Voucher), CancellationToken.None);
        if (left) return Outcome.Answered with { Fault = RelayFault.CustomerLeft };
        if (frame.Receipt.Receipt.Status is not (ReceiptStatus.Completed or ReceiptStatus.Length))
            return new(RelayFault.NodeRefused, $"The node ended the answer: {frame.Receipt.Receipt.Status}.", Closed: true);
        await WriteAsync(stream, () => answer.EndAsync(head, End(frame), customer), null);
        return Outcome.Answered;
    }

    AnswerEnd End(ReceiptFrame frame)
    {
        var receipt = frame.Receipt.Receipt;
        return new(
            receipt.Status == ReceiptStatus.Length ? "length" : bill.Calls > 0 ? "tool_calls" : "stop", receipt.PromptTokens, receipt.CachedTokens, bill.CompletionTokens,
            receipt.Fee, rail.Symbol, rail.Decimals, frame.Receipt, bill.Terms.Salt, bill.Terms.ClientNonce, frame.NodeNonce);
    }

    /// <summary>True: frames are there. False: the connection is over. Null: time is up.</summary>
    async Task<bool?> WaitAsync(NodeStream stream, TimeSpan limit, CancellationToken customer, CancellationTokenSource closing)
    {
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(left ? closing.Token : customer);
        if (!left) wait.CancelAfter(limit);
        try
        {
            return await stream.WaitAsync(wait.Token);
        }
        catch (OperationCanceledException)
        {
            if (left || !customer.IsCancellationRequested) return null;
            await LeaveAsync(stream, closing);
            return await WaitAsync(stream, limit, customer, closing);
        }
    }

    async Task WriteAsync(NodeStream stream, Func<ValueTask> write, CancellationTokenSource? closing)
    {
        try
        {
            await write();
        }
        catch (Exception fault) when (fault is OperationCanceledException or IOException or ObjectDisposedException)
        {
            if (closing is not null) await LeaveAsync(stream, closing);
        }
    }

    // Tokens on their way are still counted and paid; the node stops at the next one.
    async Task LeaveAsync(NodeStream stream, CancellationTokenSource closing)
    {
        if (left) return;
        left = true;
        closing.CancelAfter(limits.Closing);
        await stream.SendAsync(new CancelFrame(bill.Terms.Request), CancellationToken.None);
    }

    async Task<Outcome> StalledAsync(NodeStream stream)
    {
        node.Failed(time.GetUtcNow());
        await stream.SendAsync(new CancelFrame(bill.Terms.Request), CancellationToken.None);
        return new(left ? RelayFault.CustomerLeft : RelayFault.NodeStalled, "The node went silent.");
    }

    async Task<Outcome> BrokeAsync(NodeStream stream, RelayFault fault, string message)
    {
        if (fault is RelayFault.WrongPayment or RelayFault.BadReceipt) node.Cheated(time.GetUtcNow());
        else if (fault != RelayFault.BooksClosed) node.Failed(time.GetUtcNow());
        await stream.SendAsync(new CancelFrame(bill.Terms.Request), CancellationToken.None);
        return new(fault, message);
    }

    async Task<Outcome?> UnpaidAsync(NodeStream stream, Outcome unpaid)
    {
        await stream.SendAsync(new CancelFrame(bill.Terms.Request), CancellationToken.None);
        return unpaid;
    }

    Outcome Refused(FaultFrame frame)
    {
        var outcome = left ? new(RelayFault.CustomerLeft, "The customer left before anything was charged.") : Outcome.Of(frame);
        if (outcome.MayMove) node.Failed(time.GetUtcNow());
        return outcome;
    }

    Outcome Gone()
    {
        node.Failed(time.GetUtcNow());
        return new(RelayFault.NodeGone, $"The node's connection ended after {bill.CompletionTokens} tokens; no more than they cost was paid.");
    }
}
