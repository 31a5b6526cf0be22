namespace ProofMesh.Inference;

/// <summary>Threads that run one body together, in phases that a barrier divides. The caller is rank 0.</summary>
/// <remarks>
/// Waits spin only briefly: cores are shared with other processes, and a thread that spins while its partner is not
/// scheduled delays that partner. Between steps the threads sleep, so an idle engine uses no processor.
/// </remarks>
internal sealed class Team : IDisposable
{
    private const int BarrierSpins = 400;
    private const int IdleSpins = 2_000;

    private readonly Thread[] _threads;
    private readonly SemaphoreSlim[] _wakeUps;
    private readonly int[] _asleep;
    private Action<int> _body = static _ => { };
    private int _step;
    private int _arrived;
    private int _phase;
    private volatile bool _ended;

    public Team(int size)
    {
        Size = size;
        _threads = new Thread[size - 1];
        _wakeUps = [.. Enumerable.Range(0, size).Select(_ => new SemaphoreSlim(0))];
        _asleep = new int[size];
        for (var i = 0; i < _threads.Length; i++)
        {
            var rank = i + 1;
            _threads[i] = new Thread(() => Work(rank)) { IsBackground = true, Name = $"inference {rank}" };
            _threads[i].Start();
        }
    }

    public int Size { get; }

    /// <summary>Runs the body on every rank and returns when all have ended it. The body must not throw.</summary>
    public void Run(Action<int> body)
    {
        if (Size > 1)
        {
            _body = body;
            Interlocked.Increment(ref _step);
            for (var rank = 1; rank < Size; rank++)
            {
                if (Interlocked.Exchange(ref _asleep[rank], 0) == 1)
                    _wakeUps[rank].Release();
            }
        }
        body(0);
        Barrier();
    }

    /// <summary>Returns when every rank has come here.</summary>
    public void Barrier()
    {
        if (Size == 1)
            return;
        var phase = Volatile.Read(ref _phase);
        if (Interlocked.Increment(ref _arrived) == Size)
        {
            Volatile.Write(ref _arrived, 0);
            Volatile.Write(ref _phase, phase + 1);
            return;
        }
        for (var spins = 0; Volatile.Read(ref _phase) == phase; spins++)
        {
            if (spins < BarrierSpins)
                Thread.SpinWait(4);
            else
                Thread.Yield();
        }
    }

    public void Dispose()
    {
        if (_ended)
            return;
        _ended = true;
        for (var rank = 1; rank < Size; rank++)
            _wakeUps[rank].Release();
        foreach (var thread in _threads)
            thread.Join();
        foreach (var wakeUp in _wakeUps)
            wakeUp.Dispose();
    }

    private void Work(int rank)
    {
        var done = 0;
        while (true)
        {
            AwaitStep(rank, done);
            if (_ended)
                return;
            done++;
            _body(rank);
            Barrier();
        }
    }

    private void AwaitStep(int rank, int done)
    {
        for (var spins = 0; spins < IdleSpins && !_ended; spins++)
        {
            if (Volatile.Read(ref _step) != done)
                return;
            Thread.SpinWait(4);
        }
        while (Volatile.Read(ref _step) == done && !_ended)
        {
            Interlocked.Exchange(ref _asleep[rank], 1);
            // Whoever starts a step after this line sees the flag; whoever started before is seen here.
            if (Volatile.Read(ref _step) != done && Interlocked.Exchange(ref _asleep[rank], 0) == 1)
                return;
            _wakeUps[rank].Wait();
        }
    }
}
