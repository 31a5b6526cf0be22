namespace ProofMesh.Provider;

/// <summary>Who is served next: the higher tier first, within a tier the one who waits longest. Waiting raises the tier, so nobody starves.</summary>
sealed class RequestQueue(int capacity, int limit, TimeProvider time)
{
    static readonly TimeSpan Raise = TimeSpan.FromSeconds(5);

    readonly Lock gate = new();
    readonly List<Waiter> waiting = [];
    int running;

    public int Running { get { lock (gate) return running; } }

    public int Waiting { get { lock (gate) return waiting.Count; } }

    /// <summary>Waits for a place; null when too many wait already. Dispose the place to give it back.</summary>
    public async ValueTask<Place?> Enter(int priority, CancellationToken stop)
    {
        Waiter waiter;
        lock (gate)
        {
            if (running < capacity)
            {
                running++;
                return new Place(this);
            }
            if (waiting.Count >= limit) return null;
            waiting.Add(waiter = new Waiter(priority, time.GetTimestamp()));
        }
        using (stop.Register(() => Abandon(waiter, stop)))
            await waiter.Turn.Task;
        return new Place(this);
    }

    void Abandon(Waiter waiter, CancellationToken stop)
    {
        lock (gate)
            if (!waiting.Remove(waiter)) return;
        waiter.Turn.TrySetCanceled(stop);
    }

    void Leave()
    {
        Waiter? next;
        lock (gate)
        {
            next = waiting.MaxBy(waiter => waiter.Priority + (int)(time.GetElapsedTime(waiter.Since) / Raise));
            if (next is null) running--;
            else waiting.Remove(next);
        }
        next?.Turn.TrySetResult();
    }

    sealed record Waiter(int Priority, long Since)
    {
        public TaskCompletionSource Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public sealed class Place(RequestQueue queue) : IDisposable
    {
        RequestQueue? owner = queue;

        public void Dispose() => Interlocked.Exchange(ref owner, null)?.Leave();
    }
}
