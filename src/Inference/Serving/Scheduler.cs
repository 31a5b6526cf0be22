namespace ProofMesh.Inference;

/// <summary>Steps all running jobs together on one thread: every answer by a token, and prompts in pieces between them.</summary>
/// <remarks>1 drop what was cancelled · 2 admit in order of arrival · 3 compose a batch · 4 compute · 5 sample and hand out</remarks>
internal sealed class Scheduler : IDisposable
{
    private readonly ModelRunner _runner;
    private readonly EngineOptions _options;
    private readonly int _cacheTokens;
    private readonly Lock _gate = new();
    private readonly List<Job> _queue = [];
    private readonly List<Job> _running = [];
    private readonly List<(Job Job, SequenceStep Step)> _batch = [];
    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly Sampler _sampler;
    private readonly Thread _thread;
    private float[] _logits = [];
    private int _freeTokens;
    private int _idle;
    private volatile bool _ended;

    public Scheduler(ModelRunner runner, EngineOptions options, int cacheTokens)
    {
        (_runner, _options, _cacheTokens, _freeTokens) = (runner, options, cacheTokens, cacheTokens);
        _sampler = new Sampler(runner.Config.Vocabulary);
        _thread = new Thread(Work) { IsBackground = true, Name = "inference 0" };
        _thread.Start();
    }

    public EngineLoad Load
    {
        get
        {
            lock (_gate)
                return new EngineLoad(_running.Count, _options.MaxSequences, _queue.Count, _options.MaxQueue, _freeTokens, _cacheTokens);
        }
    }

    /// <exception cref="EngineBusyException">As many wait already as may.</exception>
    public void Enqueue(Job job)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_ended, this);
            // Those that can start at once don't count as waiting.
            if (_queue.Count >= _options.MaxQueue + Math.Max(0, _options.MaxSequences - _running.Count))
                throw new EngineBusyException(_queue.Count);
            _queue.Add(job);
        }
        Wake();
    }

    public void Cancel(Job job)
    {
        job.Cancel();
        Wake();
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
        lock (_gate)
        {
            if (_ended)
                return;
            _ended = true;
        }
        _wake.Set();
        _thread.Join();
        // The event itself is left to the finaliser: a reader that ends late may still set it.
    }

    private void Work()
    {
        while (!_ended)
        {
            if (Compose())
            {
                Compute();
                continue;
            }
            // Whatever changes after this line wakes us; whatever changed before is seen by the second look.
            Interlocked.Exchange(ref _idle, 1);
            if (!_ended && !Compose())
                _wake.WaitOne();
            Interlocked.Exchange(ref _idle, 0);
            if (_batch.Count > 0)
                Compute();
        }
        EndAll();
    }

    private bool Compose()
    {
        _batch.Clear();
        lock (_gate)
        {
            DropCancelled();
            Admit();
        }
        var answering = 0;
        var reading = 0;
        foreach (var job in _running)
        {
            if (!job.Ready)
                continue;
            if (job.PendingTokens == 1 && job.MaxLogitRows == 1)
                answering++;
            else
                reading++;
        }
        Pick(answering, reading);
        return _batch.Count > 0;
    }

    // Each answer takes one token; what is left of the step is shared evenly by the prompts, a quarter of it for sure.
    private void Pick(int answering, int reading)
    {
        var left = Math.Max(_options.StepTokens - answering, Math.Max(1, _options.StepTokens / 4));
        foreach (var job in _running)
        {
            if (!job.Ready)
                continue;
            if (job.PendingTokens == 1 && job.MaxLogitRows == 1)
            {
                _batch.Add((job, job.Next(1)));
                continue;
            }
            if (left == 0)
                continue;
            var step = job.Next(Math.Max(1, left / reading));
            _batch.Add((job, step));
            left -= step.Tokens.Length;
            reading--;
        }
    }

    private void DropCancelled()
    {
        for (var i = _queue.Count - 1; i >= 0; i--)
        {
            if (!_queue[i].Cancelled)
                continue;
            _queue[i].EndCancelled();
            _queue.RemoveAt(i);
        }
        for (var i = _running.Count - 1; i >= 0; i--)
        {
            if (!_running[i].Cancelled)
                continue;
            _running[i].EndCancelled();
            Release(i);
        }
    }

    private void Admit()
    {
        while (_queue.Count > 0 && _running.Count < _options.MaxSequences && _queue[0].Room <= _freeTokens)
        {
            var job = _queue[0];
            _queue.RemoveAt(0);
            try
            {
                job.Sequence = _runner.Open(job.Capacity);
            }
            catch (Exception fault)
            {
                job.Fail(fault);
                continue;
            }
            _freeTokens -= job.Room;
            _running.Add(job);
        }
    }

    private void Compute()
    {
        var steps = new SequenceStep[_batch.Count];
        var rows = 0;
        for (var i = 0; i < steps.Length; i++)
        {
            steps[i] = _batch[i].Step;
            rows += steps[i].LogitRows;
        }
        var vocabulary = _runner.Config.Vocabulary;
        try
        {
            if (_logits.Length < (long)rows * vocabulary)
                _logits = new float[checked(rows * vocabulary)];
            _runner.Forward(steps, _logits);
            HandOut(vocabulary);
        }
        catch (Exception fault)
        {
            foreach (var (job, _) in _batch)
                job.Fail(fault);
        }
        ReleaseEnded();
    }

    private void HandOut(int vocabulary)
    {
        var at = 0;
        foreach (var (job, step) in _batch)
        {
            var size = step.LogitRows * vocabulary;
            job.Accept(_sampler, _logits.AsSpan(at, size));
            at += size;
        }
    }

    private void ReleaseEnded()
    {
        lock (_gate)
        {
            for (var i = _running.Count - 1; i >= 0; i--)
            {
                if (_running[i].Ended)
                    Release(i);
            }
        }
    }

    private void Release(int index)
    {
        var job = _running[index];
        _running.RemoveAt(index);
        _freeTokens += job.Room;
        job.Sequence?.Dispose();
    }

    private void EndAll()
    {
        lock (_gate)
        {
            _queue.ForEach(j => j.Cancel());
            _running.ForEach(j => j.Cancel());
            DropCancelled();
        }
    }
}
