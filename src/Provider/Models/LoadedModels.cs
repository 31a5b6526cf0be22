using System.Diagnostics.CodeAnalysis;
using ProofMesh.Inference;

namespace ProofMesh.Provider;

/// <summary>The models in memory and who uses them: one is loaded when it is first asked for, and the longest unused leave when it needs their room.</summary>
/// <remarks>
/// Requests whose model finds no room wait in the order of arrival until enough models are idle, and while one waits nobody
/// passes it: a busy model can't keep another out for ever.
/// </remarks>
sealed class LoadedModels(long budget, Func<ModelOutline, Engine> load, TimeProvider time) : IDisposable
{
    /// <summary>So long a model that couldn't be loaded isn't tried again.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(15);

    readonly Lock gate = new();
    readonly List<Slot> slots = [];
    readonly LinkedList<Waiter> waiting = [];
    readonly SemaphoreSlim loading = new(1);
    long uses;

    /// <summary>Tokens for which the caches of the loaded models have room.</summary>
    public long FreeCacheTokens { get { lock (gate) return slots.Sum(slot => (long)(slot.Engine?.CurrentLoad.FreeCacheTokens ?? 0)); } }

    public bool IsLoaded(ModelOutline model) { lock (gate) return slots.Exists(slot => slot.Model == model && slot.Engine is not null); }

    /// <summary>The model's engine, once it is in memory; it stays there until the use is disposed.</summary>
    /// <param name="model">Fits the budget by itself.</param>
    /// <exception cref="ModelLoadException">It can't be loaded, or couldn't be a moment ago.</exception>
    public async ValueTask<EngineUse> Use(ModelOutline model, CancellationToken stop)
    {
        var (slot, loaded) = await Enter(model, stop);
        try
        {
            return new EngineUse(await loaded.WaitAsync(stop), () => Leave(slot));
        }
        catch
        {
            Leave(slot);
            throw;
        }
    }

    /// <summary>Loads as many of these as there is room for.</summary>
    public async Task Fill(IEnumerable<ModelOutline> models, CancellationToken stop)
    {
        foreach (var model in models)
            if (HasRoom(model)) (await Use(model, stop)).Dispose();
    }

    /// <summary>Does something with the model that was used last; nothing when none is loaded.</summary>
    public async Task WithNewest(Func<Engine, CancellationToken, Task> act, CancellationToken stop)
    {
        Slot? newest;
        lock (gate)
        {
            newest = slots.Where(slot => slot.Engine is not null).MaxBy(slot => slot.LastUse);
            if (newest is null) return;
            newest.Users++;
        }
        using var use = new EngineUse(newest.Engine!, () => Leave(newest));
        await act(use.Engine, stop);
    }

    public void Dispose()
    {
        lock (gate)
            foreach (var slot in slots) slot.Engine?.Dispose();
    }

    async ValueTask<(Slot, Task<Engine>)> Enter(ModelOutline model, CancellationToken stop)
    {
        Waiter waiter;
        lock (gate)
        {
            var slot = slots.Find(slot => slot.Model == model);
            if (slot is null) slots.Add(slot = new Slot(model));
            if (waiting.Count == 0 && TryEnter(slot, out var loaded)) return (slot, loaded);
            waiting.AddLast(waiter = new Waiter(slot));
        }
        using (stop.Register(() => Abandon(waiter, stop)))
            return (waiter.Slot, await waiter.Turn.Task);
    }

    // False: there is no room yet.
    bool TryEnter(Slot slot, [NotNullWhen(true)] out Task<Engine>? loaded)
    {
        loaded = slot.FailedAt is { } failed && time.GetElapsedTime(failed) < Pause
            ? Task.FromException<Engine>(new ModelLoadException(slot.Model.Model.Name))
            : slot.Loaded;
        if (loaded is null && !TryBegin(slot, out loaded)) return false;
        slot.Users++;
        slot.LastUse = ++uses;
        return true;
    }

    // One that is being loaded counts as used, whether or not somebody still waits for it.
    Resident[] Residents() =>
        [.. slots.Select((slot, index) => new Resident(index, slot.Bytes, slot.Engine is null ? 1 : slot.Users, slot.LastUse)).Where(resident => slots[resident.Model].Loaded is not null)];

    static (string Name, Engine Engine) Vacate(Slot slot)
    {
        var engine = slot.Engine!;
        (slot.Loaded, slot.Engine) = (null, null);
        return (slot.Model.Model.Name, engine);
    }

    bool TryBegin(Slot slot, [NotNullWhen(true)] out Task<Engine>? loaded)
    {
        loaded = null;
        if (Room.For(slot.Bytes, Residents(), budget) is not { } leaving) return false;
        var engines = leaving.Select(index => Vacate(slots[index])).ToArray();
        slot.Loaded = loaded = Task.Run(() => Load(slot, engines));
        return true;
    }

    // One at a time: what leaves for a model is gone before the next one comes.
    async Task<Engine> Load(Slot slot, (string Name, Engine Engine)[] leaving)
    {
        await loading.WaitAsync();
        var started = time.GetTimestamp();
        try
        {
            foreach (var (name, engine) in leaving)
            {
                engine.Dispose();
                Log.Line("model_unloaded", ("model", name));
            }
            var loaded = load(slot.Model);
            Log.Line("model_loaded", ("model", slot.Model.Model.Name), ("bytes", slot.Bytes), ("ms", (long)time.GetElapsedTime(started).TotalMilliseconds));
            lock (gate) (slot.Engine, slot.FailedAt) = (loaded, null);
            return loaded;
        }
        catch (Exception fault)
        {
            Log.Line("model_failed", ("model", slot.Model.Model.Name), ("error", fault.GetType().Name), ("message", fault.Message));
            lock (gate) (slot.Loaded, slot.FailedAt) = (null, time.GetTimestamp());
            throw new ModelLoadException(slot.Model.Model.Name, fault);
        }
        finally
        {
            loading.Release();
            lock (gate) Admit();
        }
    }

    bool HasRoom(ModelOutline model) { lock (gate) return Room.For(model.Memory.Total, Residents(), budget) is []; }

    void Leave(Slot slot)
    {
        lock (gate)
        {
            slot.Users--;
            Admit();
        }
    }

    void Admit()
    {
        while (waiting.First?.Value is { } next && TryEnter(next.Slot, out var loaded))
        {
            waiting.RemoveFirst();
            next.Turn.SetResult(loaded);
        }
    }

    void Abandon(Waiter waiter, CancellationToken stop)
    {
        lock (gate)
        {
            if (!waiting.Remove(waiter)) return;
            Admit();
        }
        waiter.Turn.SetCanceled(stop);
    }

    sealed class Slot(ModelOutline model)
    {
        public ModelOutline Model => model;
        public long Bytes { get; } = model.Memory.Total;
        public int Users { get; set; }
        public long LastUse { get; set; }

        /// <summary>Set from the beginning of a load until the model leaves.</summary>
        public Task<Engine>? Loaded { get; set; }

        /// <summary>Set while it is in memory.</summary>
        public Engine? Engine { get; set; }

        public long? FailedAt { get; set; }
    }

    sealed record Waiter(Slot Slot)
    {
        public TaskCompletionSource<Task<Engine>> Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>Holds a model in memory until it is disposed.</summary>
sealed class EngineUse(Engine engine, Action leave) : IDisposable
{
    Action? leave = leave;

    public Engine Engine => engine;

    public void Dispose() => Interlocked.Exchange(ref leave, null)?.Invoke();
}

/// <summary>A model can't be brought into memory; the node goes on with the others.</summary>
sealed class ModelLoadException(string model, Exception? cause = null) : Exception($"Model {model} can't be loaded{(cause is null ? "" : $": {cause.Message}")}", cause);
