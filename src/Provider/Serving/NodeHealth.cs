using ProofMesh.Inference;
using ProofMesh.Protocol;

namespace ProofMesh.Provider;

/// <summary>Whether the node can do what it promises: compute, journal what it signs, ask the chain. Looked at every second or two.</summary>
sealed class NodeHealth(ProviderOptions options, NodeBooks books, Func<CancellationToken, Task> askChain, Func<CancellationToken, Task> compute, TimeProvider time)
{
    static readonly TimeSpan ComputeLimit = TimeSpan.FromSeconds(30);

    long chainAnswered = time.GetTimestamp();
    volatile string? journalFault, chainFault;
    volatile bool engineFailed;

    /// <summary>What is wrong, or null.</summary>
    public string? Illness =>
        journalFault is { } journal ? $"its journal can't be written: {journal}"
        : engineFailed ? "its model failed on the last answer."
        : time.GetElapsedTime(Volatile.Read(ref chainAnswered)) is var silent && silent > options.ChainTimeout ? $"the chain hasn't answered for {silent.TotalSeconds:0} s{chainFault}"
        : null;

    public void EngineFailed() => engineFailed = true;

    public void EngineWorked() => engineFailed = false;

    public async Task Look(CancellationToken stop)
    {
        var before = Illness;
        journalFault = JournalFault();
        await AskChain(stop);
        if (engineFailed) await TryEngine(stop);
        if (Illness != before && (Illness is null || before is null)) Log.Line(Illness is null ? "well_again" : "unwell", ("reason", Illness));
    }

    string? JournalFault()
    {
        try
        {
            books.Probe();
            var free = new DriveInfo(Path.GetFullPath(options.Data)).AvailableFreeSpace;
            return free < options.LeastFreeDisk ? $"its disk has {free} bytes left, {options.LeastFreeDisk} are wanted." : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            return fault.Message;
        }
    }

    async Task AskChain(CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(options.ChainTimeout);
        try
        {
            await askChain(limit.Token);
            Volatile.Write(ref chainAnswered, time.GetTimestamp());
            chainFault = null;
        }
        catch (Exception fault) when (!stop.IsCancellationRequested)
        {
            chainFault = $" ({fault.GetType().Name})";
        }
    }

    // A node that failed gets no requests, so it must find out by itself whether it works again.
    async Task TryEngine(CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(ComputeLimit);
        try
        {
            await compute(limit.Token);
            engineFailed = false;
        }
        catch (Exception fault) when (fault is not OutOfMemoryException && !stop.IsCancellationRequested)
        {
            Log.Line("engine_failed", ("request", "its own"), ("error", fault.GetType().Name));
        }
    }

    /// <summary>One token of the shortest prompt.</summary>
    public static async Task Compute(Engine engine, CancellationToken stop)
    {
        var request = new GenerateRequest { Prompt = engine.Prompt([new ChatMessage("user", "?")]), MaxTokens = 1, Sampling = new SamplingParameters { Temperature = 0, Seed = Bytes32.Zero.ToArray() } };
        await foreach (var _ in engine.Generate(request, stop)) { }
    }
}
