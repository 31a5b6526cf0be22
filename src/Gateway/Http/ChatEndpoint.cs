namespace ProofMesh.Gateway;

/// <summary>POST /v1/chat/completions: who asks, what, by whose money; then the relay answers.</summary>
sealed class ChatEndpoint(Callers callers, Grants grants, Relay relay, Draining draining, GatewayOptions options)
{
    public async Task AnswerAsync(HttpContext http)
    {
        var stop = http.RequestAborted;
        if (draining.Begun)
        {
            await Errors.WriteAsync(http.Response, ApiError.Of(RelayFault.ShuttingDown, "This gateway is shutting down; try again."), stop);
            return;
        }
        draining.Enter();
        try
        {
            var (caller, order, error) = await ReadAsync(http, stop);
            if (error is not null) await Errors.WriteAsync(http.Response, error, stop);
            else await relay.AnswerAsync(caller!, order!, Answer(http.Response, order!), stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The customer left before anything was reserved.
        }
        finally
        {
            draining.Leave();
        }
    }

    Answer Answer(HttpResponse response, ChatOrder order) =>
        order.Stream ? new StreamedAnswer(response, order.IncludeUsage, options.Limits.SlowReader) : new WholeAnswer(response);

    async Task<(Caller? Caller, ChatOrder? Order, ApiError? Error)> ReadAsync(HttpContext http, CancellationToken stop)
    {
        var caller = await callers.KnownAsync(http.Request, stop);
        if (caller is null) return (null, null, ApiError.Of(RelayFault.Unauthenticated, "Send an API key of this gateway: Authorization: Bearer pm-…"));
        var (body, unread) = await Body.ParseAsync(http.Request, options.Limits, stop);
        if (body is null) return (null, null, unread);
        using (body)
        {
            var key = http.Request.Headers.TryGetValue("Idempotency-Key", out var value) ? value.ToString() : null;
            var (order, invalid) = ChatReader.Read(body.RootElement, key, options.Limits);
            if (order is null) return (null, null, invalid);
            if (grants.Missing(caller) is null) return (caller, order, null);
            // What is known may be older than the grant.
            caller = await callers.FindAsync(http.Request, stop) ?? caller;
            return grants.Missing(caller) is { } missing ? (null, null, ApiError.Of(RelayFault.GrantRequired, missing)) : (caller, order, null);
        }
    }
}
