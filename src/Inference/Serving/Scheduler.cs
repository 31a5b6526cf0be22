using System.Runtime.InteropServices;

namespace ProofMesh.Inference;

/// <summary>Steps all running texts together: every answer by a token, and prompts in pieces between them. One thread steps; any may enqueue.</summary>
/// <remarks>
/// Texts stand in order of their arrival, a priority counting as waiting time, so nobody waits for ever. One that needs
/// cache when there is none takes it from the last in order, paused ones first; that one is computed again later.
/// </remarks>
internal sealed class Scheduler(ModelRunner runner, EngineOptions options, TimeProvider time, DraftModel? draft = null) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<Job> _queue = [];
    private readonly List<Job> _running = [];
    private readonly List<Job> _batch = [];
    private readonly List<SequenceStep> _steps = [];
    private readonly Sampler _sampler = new(runner.Config.Vocabulary);
    private float[] _logits = [];
    private readonly StepCost _cost = new();
    private StepTimes _times;
    private bool _draftFailed;
    private bool _ended;

    public EngineLoad Load
    {
        get
        {
            lock (_gate)
                return new EngineLoad(_running.Count, options.MaxSequences, _queue.Count, options.MaxQueue, runner.Pool.Free * BlockPool.Tokens, runner.Pool.Count * BlockPool.Tokens);
        }
    }

    public StepTimes Times
    {
        get
        {
            lock (_gate)
                return _times;
        }
    }

    /// <exception cref="EngineBusyException">As many wait already as may.</exception>
    public void Enqueue(Job job)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_ended, this);
            // Those that can start at once don't count as waiting.
            if (_queue.Count >= options.MaxQueue + Math.Max(0, options.MaxSequences - _running.Count))
                throw new EngineBusyException(_queue.Count);
            job.Due = (long)time.GetElapsedTime(0).TotalMilliseconds - (long)job.Priority * Job.PriorityMilliseconds;
            Insert(_queue, job);
        }
    }

    /// <summary>1 schedule · 2 run · 3 finish.</summary>
    /// <returns>False when there was nothing to do.</returns>
    public bool Step()
    {
        var start = time.GetTimestamp();
        Schedule();
        if (_batch.Count == 0)
            return false;
        var scheduled = time.GetTimestamp();
        var ran = scheduled;
        try
        {
            Run();
            ran = time.GetTimestamp();
            NoteCost(time.GetElapsedTime(scheduled, ran));
            Finish();
        }
        catch (Exception fault)
        {
            foreach (var job in _batch)
                job.Fail(fault);
        }
        lock (_gate)
        {
            ReleaseEnded();
            _times = _times.Add(time.GetElapsedTime(start, scheduled), time.GetElapsedTime(scheduled, ran), time.GetElapsedTime(ran));
        }
        return true;
    }

    /// <summary>Ends everything that runs or waits.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _ended = true;
            _queue.ForEach(j => j.Cancel());
            _running.ForEach(j => j.Cancel());
            DropCancelled();
        }
    }

    private void Schedule()
    {
        _batch.Clear();
        _steps.Clear();
        lock (_gate)
        {
            DropCancelled();
            Admit();
            Compose();
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
        foreach (var job in _running)
        {
            if (job.Cancelled && !job.Ended)
                job.EndCancelled();
        }
        ReleaseEnded();
    }

    // In order: one that has no room yet is not overtaken. Whoever waits for its reader gives way.
    private void Admit()
    {
        while (_queue.Find(static j => j.Ready) is { } job)
        {
            while (!HasRoom(job) && _running.FindLast(static j => !j.Ready) is { } paused)
                Preempt(paused);
            if (!HasRoom(job))
                return;
            _queue.Remove(job);
            job.Open(runner);
            Insert(_running, job);
        }
    }

    // A block for each that runs is left to grow into, so that the newcomer isn't turned out at once.
    private bool HasRoom(Job job) =>
        _running.Count < options.MaxSequences && runner.Pool.Free >= Math.Min(BlockPool.BlocksFor(job.Count) + _running.Count, runner.Pool.Count);

    // Each answer takes one token; what is left of the step is shared evenly by the prompts, a quarter of it for sure.
    private void Compose()
    {
        var (answering, reading) = (0, 0);
        foreach (var job in _running)
        {
            if (!job.Ready)
                continue;
            job.Adopt();
            _ = job.Answers ? answering++ : reading++;
        }
        var left = Math.Max(options.StepTokens - answering, Math.Max(1, options.StepTokens / 4));
        Guess(answering, reading > 0 ? 0 : left);
        for (var i = 0; i < _running.Count; i++)
        {
            var job = _running[i];
            if (!job.Ready || (left == 0 && !job.Answers))
                continue;
            if (job.Guessed > 0 && !job.Sequence!.TryReserve(1 + job.Guessed))
                job.DropGuesses();
            var tokens = job.Wish(job.Answers ? 1 + job.Guessed : Math.Max(1, left / reading));
            if (!job.Answers)
                (left, reading) = (left - tokens, reading - 1);
            if (MakeRoom(job, tokens))
                Take(job, tokens);
            // Those that made room may have stood before this one, or been this one.
            i = _running.IndexOf(job) is >= 0 and var place ? place : i - 1;
        }
    }

    // While a prompt is read, the step has better use for its tokens.
    private void Guess(int answering, int most)
    {
        foreach (var job in _running)
        {
            job.DropGuesses();
            if (!options.Speculate || most < Drafting.MaxGuesses || !job.Ready || !job.Answers)
                continue;
            job.Guess(_cost, answering);
            most -= job.Guessed;
        }
        if (!_draftFailed)
            GuessByDraft();
    }

    // A draft model only helps: when it fails, out of memory say, answers go on without it.
    private void GuessByDraft()
    {
        try
        {
            draft?.Guess(_running, _sampler);
        }
        catch (Exception)
        {
            _draftFailed = true;
            _running.ForEach(static job => job.DropGuesses());
        }
    }

    private void Take(Job job, int tokens)
    {
        _batch.Add(job);
        _steps.Add(job.Next(tokens));
    }

    private bool MakeRoom(Job job, int tokens)
    {
        while (!job.Sequence!.TryReserve(tokens))
        {
            var victim = _running.FindLast(static j => !j.Ready) ?? _running[^1];
            Preempt(victim);
            if (victim == job)
                return false;
        }
        return true;
    }

    private void Preempt(Job job)
    {
        job.Preempt();
        _running.Remove(job);
        Insert(_queue, job);
    }

    private void Run()
    {
        var rows = 0;
        foreach (var step in _steps)
            rows += step.LogitRows;
        if (_logits.Length < (long)rows * runner.Config.Vocabulary)
            _logits = new float[checked(rows * runner.Config.Vocabulary)];
        runner.Forward(CollectionsMarshal.AsSpan(_steps), _logits);
    }

    private void Finish()
    {
        var at = 0;
        for (var i = 0; i < _batch.Count; i++)
        {
            var size = _steps[i].LogitRows * runner.Config.Vocabulary;
            if (size > 0)
                Accept(_batch[i], _logits.AsSpan(at, size), _steps[i].LogitRows);
            _batch[i].Sequence!.Publish();
            at += size;
        }
    }

    // What a format demands may turn out impossible: that ends its own answer only.
    private void Accept(Job job, Span<float> logits, int rows)
    {
        try
        {
            job.Accept(_sampler, logits, rows);
        }
        catch (ConstraintException fault)
        {
            job.Fail(fault);
        }
    }

    // A prompt's tokens cost something else, so steps that read one teach nothing here.
    private void NoteCost(TimeSpan time)
    {
        var tokens = 0;
        foreach (var step in _steps)
        {
            if (step.LogitRows < step.Tokens.Length)
                return;
            tokens += step.Tokens.Length;
        }
        _cost.Note(tokens, time.TotalSeconds);
    }

    private void ReleaseEnded()
    {
        for (var i = _running.Count - 1; i >= 0; i--)
        {
            if (!_running[i].Ended)
                continue;
            _running[i].Release();
            _running.RemoveAt(i);
        }
    }

    private static void Insert(List<Job> jobs, Job job)
    {
        var place = jobs.Count;
        while (place > 0 && jobs[place - 1].Due > job.Due)
            place--;
        jobs.Insert(place, job);
    }
}
