namespace ProofMesh.Inference;

/// <summary>The thread that steps a scheduler, and sleeps while there is nothing to do.</summary>
internal sealed class SchedulerThread : IDisposable
{
    private readonly Scheduler _scheduler;
    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly Thread _thread;
    private int _idle;
    private volatile bool _ended;

    public SchedulerThread(Scheduler scheduler)
    {
        _scheduler = scheduler;
        _thread = new Thread(Work) { IsBackground = true, Name = "inference 0" };
        _thread.Start();
    }

    /// <summary>Looks again whether there is work: a job came, was cancelled, or its reader went on.</summary>
    public void Wake()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _idle) == 1)
            _wake.Set();
    }

    public void Dispose()
    {
        if (_ended)
            return;
        _ended = true;
        _wake.Set();
        _thread.Join();
        // The event itself is left to the finaliser: a reader that ends late may still set it.
    }

    private void Work()
    {
        while (!_ended)
        {
            if (_scheduler.Step())
                continue;
            // Whatever changes after this line wakes us; whatever changed before is seen by the second look.
            Interlocked.Exchange(ref _idle, 1);
            if (!_ended && !_scheduler.Step())
                _wake.WaitOne();
            Interlocked.Exchange(ref _idle, 0);
        }
    }
}
