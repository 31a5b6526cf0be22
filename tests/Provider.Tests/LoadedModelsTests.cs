using ProofMesh.Inference;

namespace ProofMesh.Provider.Tests;

/// <summary>The embedded model in several sizes, really loaded.</summary>
public sealed class LoadedModelsTests : IDisposable
{
    static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    readonly ModelFiles files = ModelFiles.Open(EmbeddedModel.Folder);
    readonly ManualClock time = new();
    readonly ModelOutline large, middle, small;
    ModelOutline? broken;
    int loads;

    public LoadedModelsTests() => (large, middle, small) = (Outline(WeightFormat.Float32, 4_096), Outline(WeightFormat.BFloat16, 2_048), Outline(WeightFormat.BFloat16, 512));

    public void Dispose() => files.Dispose();

    [Fact]
    public async Task A_model_that_cannot_be_loaded_refuses_its_requests_and_the_others_go_on()
    {
        using var models = Models(long.MaxValue);
        broken = large;
        await Assert.ThrowsAsync<ModelLoadException>(async () => await models.Use(large, Stop));
        using var other = await models.Use(small, Stop);
        Assert.Equal("cpu-bf16", other.Engine.Model.Scheme);
    }

    [Fact]
    public async Task It_is_tried_again_after_a_pause_and_not_for_every_request_before()
    {
        using var models = Models(long.MaxValue);
        broken = small;
        for (var i = 0; i < 3; i++)
            await Assert.ThrowsAsync<ModelLoadException>(async () => await models.Use(small, Stop));
        Assert.Equal(1, loads);
        broken = null;
        time.Advance(LoadedModels.Pause);
        using var use = await models.Use(small, Stop);
        Assert.Equal(2, loads);
    }

    [Fact]
    public async Task A_model_in_use_stays_however_long_another_waits()
    {
        using var models = Models(large.Memory.Total);
        var use = await models.Use(large, Stop);
        var waiting = models.Use(small, Stop).AsTask();
        await Task.Delay(50, Stop);
        Assert.False(waiting.IsCompleted);
        Assert.Equal((true, 1), (models.IsLoaded(large), loads));
        use.Dispose();
        using var next = await waiting;
        Assert.Equal((false, true), (models.IsLoaded(large), models.IsLoaded(small)));
    }

    [Fact]
    public async Task While_one_waits_for_room_nobody_passes_it()
    {
        using var models = Models(large.Memory.Total);
        var use = await models.Use(large, Stop);
        var waiting = models.Use(small, Stop).AsTask();
        var late = models.Use(large, Stop).AsTask();
        await Task.Delay(50, Stop);
        Assert.False(late.IsCompleted);
        use.Dispose();
        (await waiting).Dispose();
        using var last = await late;
        Assert.Equal(3, loads);
    }

    [Fact]
    public async Task Who_gives_up_waiting_holds_nobody_up()
    {
        using var models = Models(large.Memory.Total);
        using var use = await models.Use(large, Stop);
        using var patience = new CancellationTokenSource();
        var waiting = models.Use(small, patience.Token).AsTask();
        var behind = models.Use(large, Stop).AsTask();
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        (await behind).Dispose();
        Assert.Equal(1, loads);
    }

    [Fact]
    public async Task Many_who_ask_at_once_load_it_once()
    {
        using var models = Models(long.MaxValue);
        var uses = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => models.Use(small, Stop).AsTask()));
        Assert.Single(uses.Select(use => use.Engine).Distinct());
        Assert.Equal(1, loads);
    }

    [Fact]
    public async Task The_longest_unused_leaves_for_another()
    {
        using var models = Models(large.Memory.Total + middle.Memory.Total);
        (await models.Use(large, Stop)).Dispose();
        (await models.Use(middle, Stop)).Dispose();
        (await models.Use(large, Stop)).Dispose();
        (await models.Use(small, Stop)).Dispose();
        Assert.Equal((true, false, true), (models.IsLoaded(large), models.IsLoaded(middle), models.IsLoaded(small)));
    }

    [Fact]
    public async Task At_the_start_as_many_are_loaded_as_fit()
    {
        using var models = Models(large.Memory.Total + small.Memory.Total);
        await models.Fill([large, middle, small], Stop);
        Assert.Equal((true, false, true), (models.IsLoaded(large), models.IsLoaded(middle), models.IsLoaded(small)));
    }

    [Fact]
    public async Task A_crowd_that_asks_for_all_of_them_is_served_within_the_budget()
    {
        using var models = Models(large.Memory.Total);
        ModelOutline[] all = [large, middle, small];
        await Task.WhenAll(Enumerable.Range(0, 12).Select(async i =>
        {
            using var use = await models.Use(all[i % 3], Stop);
            Assert.Equal(all[i % 3].Model.Scheme, use.Engine.Model.Scheme);
            await NodeHealth.Compute(use.Engine, Stop);
            Assert.True(all.Where(models.IsLoaded).Sum(model => model.Memory.Total) <= large.Memory.Total);
        }));
    }

    LoadedModels Models(long budget) => new(budget, model =>
    {
        Interlocked.Increment(ref loads);
        return model == broken ? throw new OutOfMemoryException("no memory is left") : Engine.Load(model);
    }, time);

    ModelOutline Outline(WeightFormat format, int cacheTokens) => new(files, new EngineOptions { Folder = files.Path, Weights = format, Threads = 1, CacheTokens = cacheTokens });
}
