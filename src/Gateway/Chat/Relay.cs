using System.Security.Cryptography;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>Answers one chat request: finds who serves it, holds the money, lets nodes try until one answers.</summary>
sealed class Relay(Mesh mesh, Books books, Pairs pairs, Reconciliation reconciliation, Payments payments, Rail rail, GatewayOptions options, TimeProvider time, ILogger<Relay> log)
{
    /// <summary>Answers one chat request through one node.</summary>
    /// <remarks>1 rank the nodes · 2 reserve the budget, while the answer begins if there is plenty · 3 where payer and node stand · 4 send, relay, check the receipt, pay · 5 next node if nothing was sent · 6 give back what wasn't paid · 7 say what went wrong</remarks>
    public async Task AnswerAsync(Caller caller, ChatOrder order, Answer answer, CancellationToken customer)
    {
        var (plan, refusal) = Plan.For(order, mesh.Picture, options, time.GetUtcNow(), RandomNumberGenerator.GetInt32(1 << 20) / (double)(1 << 20)); // 1
        if (plan is null)
        {
            await RefuseAsync(answer, refusal!, customer);
            return;
        }
        var nonce = order.ClientNonce();
        var reservation = new Reservation(Commitments.RequestId(caller.Payer, nonce), nonce, Bytes32.Random(), caller.Payer, caller.ApiKey, order.Model, plan.Ceiling, caller.Headroom);
        // A key that makes a request the same as another must be looked up first: only one of them is sent to a node.
        var reserved = new Lazy<Task<Outcome?>>(() => ReserveAsync(reservation)); // 2
        var plenty = order.IdempotencyKey is null && caller.Room.TryTake(plan.Ceiling);
        if (!plenty && await reserved.Value is { } unpaid)
        {
            await RefuseAsync(answer, unpaid.Error, customer);
            return;
        }
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(customer);
        deadline.CancelAfter(options.Limits.Request);
        var (outcome, last) = (new Outcome(RelayFault.NoNode, "No node took the request."), (Candidate?)null);
        try
        {
            foreach (var candidate in plan.Candidates)
            {
                last = candidate;
                outcome = await TryAsync(candidate, caller, order, reservation, reserved, answer, deadline.Token); // 3, 4
                if (!outcome.MayMove || answer.Begun || deadline.IsCancellationRequested || await reserved.Value is not null) break; // 5
            }
        }
        finally
        {
            // What isn't held yet can't be given back.
            if (reserved.IsValueCreated) outcome = await reserved.Value ?? outcome;
            if (!outcome.Closed && reserved.IsValueCreated) await ReleaseAsync(reservation, outcome, last); // 6
        }
        if (outcome.Fault == RelayFault.None) return;
        if (outcome.Fault == RelayFault.CustomerLeft && !customer.IsCancellationRequested)
            outcome = outcome with { Fault = RelayFault.DeadlineExceeded, Message = $"The answer took longer than {options.Limits.Request}." };
        log.LogWarning("request {Request}: {Fault}: {Message} (node {Node})", reservation.Request, outcome.Fault, outcome.Loggable, last?.Node);
        await RefuseAsync(answer, outcome.Error, customer); // 7
    }

    /// <summary>Null when the money is held, else why not.</summary>
    /// <remarks>Not to be broken off: whoever doesn't wait for the answer of the books doesn't know what they hold.</remarks>
    async Task<Outcome?> ReserveAsync(Reservation reservation)
    {
        try
        {
            var fault = await books.ReserveAsync(reservation, CancellationToken.None);
            if (fault == BookFault.InsufficientFunds)
            {
                // A deposit may have been confirmed since the last reconciliation.
                await reconciliation.ApplyAsync(reservation.Payer, CancellationToken.None);
                fault = await books.ReserveAsync(reservation, CancellationToken.None);
            }
            if (fault == BookFault.None) return null;
            var balance = await books.BalanceAsync(reservation.Payer, CancellationToken.None);
            return Unpaid.Of(fault, reservation, balance, rail);
        }
        catch (Npgsql.NpgsqlException fault)
        {
            log.LogError(fault, "request {Request}: its money couldn't be held", reservation.Request);
            return new(RelayFault.BooksClosed, "The gateway's books can't be reached; try again in a moment.");
        }
    }

    async Task<Outcome> TryAsync(Candidate candidate, Caller caller, ChatOrder order, Reservation reservation, Lazy<Task<Outcome?>> reserved, Answer answer, CancellationToken customer)
    {
        if (!mesh.Picture.Nodes.TryGetValue(candidate.Node, out var node)) return new(RelayFault.NodeGone, "The node has left.");
        var pair = await pairs.FindAsync(caller.Payer, candidate.Node, CancellationToken.None);
        var (offer, now) = (candidate.Offer, time.GetUtcNow());
        var chat = new ChatRequest(offer.Manifest.Name, order.Messages, Plan.MaxTokens(order, offer, options.Limits), order.Stop, order.ResponseFormat, order.Tools);
        var bill = new Bill(new(
            reservation.Request, reservation.Salt, reservation.ClientNonce, caller.Payer, candidate.Node, candidate.Provider, chat, order.Sampling,
            offer.Quote.Quote, Plan.PromptTokens(order, offer), (ulong)now.ToUnixTimeMilliseconds(), pair.Sequence, pair.Receipted));
        var head = new AnswerHead(reservation.Request, order.Model, now.ToUnixTimeSeconds(), candidate.Node, candidate.Provider, offer.Manifest.Scheme);
        var generate = new GenerateFrame(
            reservation.Request, reservation.ClientNonce, reservation.Salt, caller.Payer, offer.Quote.Quote.Model, chat, order.Sampling,
            offer.Quote, caller.Grant, pair.Voucher, (int)caller.Level, (int)options.Limits.Request.TotalMilliseconds, order.TopLogprobs);
        return await new Attempt(node, bill, head, reserved, answer, payments, rail, options.Limits, time).RunAsync(generate, customer);
    }

    async Task ReleaseAsync(Reservation reservation, Outcome outcome, Candidate? last)
    {
        try
        {
            await books.ReleaseAsync(reservation.Request, reservation.Payer, new("unserved", outcome.Fault.ToString(), last?.Node, last?.Provider, null), CancellationToken.None);
        }
        catch (Npgsql.NpgsqlException fault)
        {
            // It stays open in the books; whoever finds it after this process ended gives it back.
            log.LogError(fault, "request {Request}: its reservation couldn't be given back", reservation.Request);
        }
    }

    static async Task RefuseAsync(Answer answer, ApiError error, CancellationToken stop)
    {
        try
        {
            await answer.FailAsync(error, stop);
        }
        catch (Exception fault) when (fault is OperationCanceledException or IOException)
        {
            // The customer left, so nobody is there to be told.
        }
    }
}
