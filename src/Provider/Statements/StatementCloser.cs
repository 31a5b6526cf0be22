using System.Net;
using ProofMesh.Protocol;

namespace ProofMesh.Provider;

/// <summary>Closes statements over the journal's receipts and hands them, with the newest vouchers, to a settler until one has stored them.</summary>
sealed class StatementCloser(ProviderOptions options, Rail rail, Address provider, Func<Bytes32, Signature> sign, NodeBooks books, BatchFolder batches, HttpClient http, TimeProvider time)
{
    /// <summary>Receipts that go to a settler at once, unless one statement has more.</summary>
    const int MostReceipts = 2_048;

    long lastClosed = time.GetTimestamp(), lastSubmitted;

    public async Task Once(CancellationToken stop)
    {
        if (books.Unstated >= options.StatementReceipts || time.GetElapsedTime(lastClosed) >= options.StatementInterval) Close();
        await Submit(stop);
    }

    /// <summary>Closes what is open: all of it when the node stops.</summary>
    public void Close()
    {
        lastClosed = time.GetTimestamp();
        while (books.Close(options.StatementReceipts, Sign) is { } statement)
            Log.Line("statement_closed", ("first", statement.Statement.FirstSequence), ("last", statement.Statement.LastSequence), ("fees", statement.Totals.Fees));
    }

    /// <summary>What the node does last: nothing that was served stays behind if a settler can be reached.</summary>
    public async Task Finish()
    {
        Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await Submit(patience.Token);
        }
        catch (OperationCanceledException)
        {
            Log.Line("settler_slow", ("kept", "the journal has everything for the next start"));
        }
    }

    async Task Submit(CancellationToken stop)
    {
        var pending = books.Pending(MostReceipts);
        if (pending.IsEmpty || options.Settlers.Length == 0) return;
        // Vouchers alone can wait: the next one replaces them.
        if (pending.Statements.Length == 0 && time.GetElapsedTime(lastSubmitted) < options.StatementInterval) return;
        SignedReceipt[] receipts = [.. pending.Receipts.Select(receipt => new SignedReceipt(receipt, sign(receipt.Digest(rail))))];
        foreach (var statement in pending.Statements) Publish(statement, receipts);
        var submission = new SettlementSubmission(
            pending.Grants, pending.Vouchers, pending.Statements, receipts);
        var body = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(submission, WireJson.Default.SettlementSubmission);
        foreach (var settler in options.Settlers)
        {
            if (!await Taken(settler, body, stop)) continue;
            books.Submitted(pending);
            lastSubmitted = time.GetTimestamp();
            Log.Line("submitted", ("statements", pending.Statements.Length), ("vouchers", pending.Vouchers.Length), ("receipts", pending.Receipts.Length));
            return;
        }
    }

    // Before a settler has them, so that no statement on chain is without its receipts here.
    void Publish(SignedStatement signed, SignedReceipt[] receipts) =>
        batches.Keep(new ReceiptBatch(signed, [.. receipts.Where(one => one.Receipt.Sequence >= signed.Statement.FirstSequence && one.Receipt.Sequence <= signed.Statement.LastSequence)]));

    async Task<bool> Taken(string settler, byte[] body, CancellationToken stop)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("application/json");
        try
        {
            using var reply = await http.PostAsync(new Uri(new Uri(settler), "/v1/settlements"), content, stop);
            if (reply.IsSuccessStatusCode) return true;
            Log.Line("settler_refused", ("settler", settler), ("status", (int)reply.StatusCode), ("reply", await Excerpt(reply, stop)));
            return reply.StatusCode == HttpStatusCode.UnprocessableEntity && await KeptAllStatements(reply, stop);
        }
        catch (HttpRequestException fault)
        {
            Log.Line("settler_unreachable", ("settler", settler), ("error", fault.Message));
        }
        return false;
    }

    // 422: some were refused, the rest is kept. A refused voucher is superseded by the next one; a statement must get through.
    static async Task<bool> KeptAllStatements(HttpResponseMessage reply, CancellationToken stop) =>
        await reply.Content.ReadFromJsonAsync(WireJson.Default.SettlementAnswer, stop) is { } answer
        && !answer.Refused.Any(refusal => refusal.Kind == "statement");

    static async Task<string> Excerpt(HttpResponseMessage reply, CancellationToken stop)
    {
        var text = await reply.Content.ReadAsStringAsync(stop);
        return text.Length <= 300 ? text : text[..300];
    }

    SignedStatement Sign(ulong first, ulong last, SumTree tree)
    {
        var statement = new Statement(provider, first, last, tree.Root);
        return new SignedStatement(statement, tree.Top.Hash, tree.Top.Totals, sign(statement.Digest(rail)));
    }
}
