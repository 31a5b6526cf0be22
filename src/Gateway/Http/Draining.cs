namespace ProofMesh.Gateway;

/// <summary>After SIGTERM: no new request begins, those that run end, then the nodes' connections close.</summary>
sealed class Draining : IDisposable
{
    readonly CancellationTokenSource drained = new();
    readonly CancellationTokenSource begun = new();
    readonly TimeSpan limit;
    readonly CancellationTokenRegistration registration;
    int running;

    public Draining(GatewayOptions options, IHostApplicationLifetime life)
    {
        limit = options.Limits.Drain;
        registration = life.ApplicationStopping.Register(Begin);
    }

    public bool Begun => begun.IsCancellationRequested;

    /// <summary>Requests that are being answered.</summary>
    public int Running => Volatile.Read(ref running);

    /// <summary>Cancelled once the last answer ended, or the drain's time is over: now nodes are let go.</summary>
    public CancellationToken Drained => drained.Token;

    public void Enter() => Interlocked.Increment(ref running);

    public void Leave()
    {
        if (Interlocked.Decrement(ref running) == 0 && Begun) drained.Cancel();
    }

    public void Dispose()
    {
        registration.Dispose();
        drained.Dispose();
        begun.Dispose();
    }

    void Begin()
    {
        begun.Cancel();
        if (Volatile.Read(ref running) == 0) drained.Cancel();
        else drained.CancelAfter(limit);
    }
}
