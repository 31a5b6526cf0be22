namespace ProofMesh.Inference;

/// <summary>Does units [first, first + count) of a phase.</summary>
/// <param name="rank">Of the thread: 0 is the caller.</param>
internal delegate void PhaseBody(int first, int count, int rank);

/// <summary>Threads that share the units of one phase after another.</summary>
/// <remarks>
/// The caller goes through the phases; the others take units from whichever phase is open when they run. A phase ends
/// when its units are done, not when every thread has come by: cores are shared with other processes, and a thread that
/// isn't scheduled must not hold up the step. Waits spin briefly, then give way, then sleep, so an idle engine uses no
/// processor. Who does a unit never changes its result.
/// </remarks>
internal sealed class Team : IDisposable
{
    private const long Closed = uint.MaxValue;
    private const int Spins = 300;
    private const int Yields = 2_000;

    private readonly Thread[] _threads;
    private readonly SemaphoreSlim _wakeUp = new(0);
    private PhaseBody _body = static (_, _, _) => { };
    private int _units;
    private int _grain;
    // The number of the phase, and below it the next unit to take: Closed while the phase's description changes.
    private long _ticket = Closed;
    private int _done;
    private int _asleep;
    private volatile bool _ended;

    public Team(int size)
    {
        Size = size;
        _threads = new Thread[size - 1];
        for (var i = 0; i < _threads.Length; i++)
        {
            var rank = i + 1;
            _threads[i] = new Thread(() => Work(rank)) { IsBackground = true, Name = $"inference {rank}" };
            _threads[i].Start();
        }
    }

    public int Size { get; }

    /// <summary>Does all units of a phase and returns when they are done. Rank 0's thread only; the body must not throw.</summary>
    /// <param name="grain">Units are taken by multiples of it: larger pieces first, single grains last.</param>
    public void Run(PhaseBody body, int units, int grain)
    {
        if (Size == 1 || units <= grain)
        {
            if (units > 0)
                body(0, units, 0);
            return;
        }
        Open(body, units, grain);
        while (Take(out var first, out var count, out _))
            Do(body, first, count, 0);
        Await(units);
        // Nobody can take a unit any more, so nobody reads the description while the next phase changes it.
        Volatile.Write(ref _ticket, _ticket | Closed);
    }

    public void Dispose()
    {
        if (_ended)
            return;
        _ended = true;
        _wakeUp.Release(Size);
        foreach (var thread in _threads)
            thread.Join();
        _wakeUp.Dispose();
    }

    private void Open(PhaseBody body, int units, int grain)
    {
        (_body, _units, _grain, _done) = (body, units, grain, 0);
        Interlocked.Exchange(ref _ticket, (_ticket & ~Closed) + (1L << 32));
        if (Volatile.Read(ref _asleep) > 0 && Interlocked.Exchange(ref _asleep, 0) is > 0 and var sleepers)
            _wakeUp.Release(sleepers);
    }

    private bool Take(out int first, out int count, out PhaseBody body)
    {
        while (true)
        {
            var ticket = Volatile.Read(ref _ticket);
            body = _body;
            var (units, grain) = (_units, _grain);
            first = (int)Math.Min(ticket & Closed, int.MaxValue);
            count = 0;
            if (first >= units)
                return false;
            count = Math.Min(units - first, Math.Max(grain, (units - first) / (2 * Size) / grain * grain));
            // Succeeds only while the phase that was read is open, so body and units are its own.
            if (Interlocked.CompareExchange(ref _ticket, ticket + count, ticket) == ticket)
                return true;
        }
    }

    private void Do(PhaseBody body, int first, int count, int rank)
    {
        body(first, count, rank);
        Interlocked.Add(ref _done, count);
    }

    private void Await(int units)
    {
        for (var waits = 0; Volatile.Read(ref _done) != units; waits++)
            Pause(waits);
    }

    private void Work(int rank)
    {
        var waits = 0;
        while (!_ended)
        {
            if (Take(out var first, out var count, out var body))
            {
                Do(body, first, count, rank);
                waits = 0;
            }
            else if (waits++ < Spins + Yields)
            {
                Pause(waits);
            }
            else
            {
                Sleep();
                waits = 0;
            }
        }
    }

    private void Sleep()
    {
        var ticket = Volatile.Read(ref _ticket);
        Interlocked.Increment(ref _asleep);
        // A phase opened after this line sees the sleeper and releases one place; one opened before it is seen here.
        if ((Volatile.Read(ref _ticket) & ~Closed) != (ticket & ~Closed) || _ended)
            return;
        _wakeUp.Wait();
    }

    private static void Pause(int waits)
    {
        if (waits < Spins)
            Thread.SpinWait(4);
        else
            Thread.Yield();
    }
}
