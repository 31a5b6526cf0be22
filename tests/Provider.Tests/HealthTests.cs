namespace ProofMesh.Provider.Tests;

/// <summary>Each thing that a node needs is broken in turn, and mended.</summary>
public sealed class HealthTests : IDisposable
{
    readonly TempFolder folder = new();
    readonly ManualClock time = new();
    bool chainAnswers = true, engineComputes = true;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_node_that_can_do_everything_is_well()
    {
        using var books = new NodeBooks(folder.Path);
        var health = Health(books);
        await health.Look(CancellationToken.None);
        Assert.Null(health.Illness);
    }

    [Fact]
    public async Task A_journal_that_takes_no_more_entries_is_an_illness()
    {
        var books = new NodeBooks(folder.Path);
        var health = Health(books);
        books.Dispose();
        await health.Look(CancellationToken.None);
        Assert.Contains("journal", health.Illness, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_is_an_illness()
    {
        using var books = new NodeBooks(folder.Path);
        var health = Health(books, leastFreeDisk: long.MaxValue);
        await health.Look(CancellationToken.None);
        Assert.Contains("disk", health.Illness, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chain_that_is_silent_for_too_long_is_an_illness_until_it_answers()
    {
        using var books = new NodeBooks(folder.Path);
        var health = Health(books);
        chainAnswers = false;
        await health.Look(CancellationToken.None);
        Assert.Null(health.Illness);
        time.Advance(TimeSpan.FromSeconds(16));
        await health.Look(CancellationToken.None);
        Assert.Contains("chain", health.Illness, StringComparison.Ordinal);
        chainAnswers = true;
        await health.Look(CancellationToken.None);
        Assert.Null(health.Illness);
    }

    [Fact]
    public async Task A_model_that_failed_is_an_illness_until_it_computes_again()
    {
        using var books = new NodeBooks(folder.Path);
        var health = Health(books);
        health.EngineFailed();
        engineComputes = false;
        await health.Look(CancellationToken.None);
        Assert.Contains("model", health.Illness, StringComparison.Ordinal);
        engineComputes = true;
        await health.Look(CancellationToken.None);
        Assert.Null(health.Illness);
    }

    NodeHealth Health(NodeBooks books, long leastFreeDisk = 1) => new(
        new ProviderOptions { Data = folder.Path, LeastFreeDisk = leastFreeDisk }, books,
        _ => chainAnswers ? Task.CompletedTask : throw new HttpRequestException("no route"),
        _ => engineComputes ? Task.CompletedTask : throw new InvalidOperationException("not a number"), time);
}
