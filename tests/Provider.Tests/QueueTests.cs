namespace ProofMesh.Provider.Tests;

public sealed class QueueTests
{
    static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_more_than_may_wait_is_refused()
    {
        var queue = new RequestQueue(capacity: 1, limit: 1, TimeProvider.System);
        using var place = await queue.Enter(0, Stop);
        var waiting = queue.Enter(0, Stop).AsTask();
        Assert.Null(await queue.Enter(6, Stop));
        place!.Dispose();
        (await waiting)!.Dispose();
        Assert.Equal((0, 0), (queue.Running, queue.Waiting));
    }

    [Fact]
    public async Task Who_gives_up_waiting_leaves_no_gap()
    {
        var queue = new RequestQueue(1, 4, TimeProvider.System);
        using var place = await queue.Enter(0, Stop);
        using var patience = new CancellationTokenSource();
        var first = queue.Enter(0, patience.Token).AsTask();
        var second = queue.Enter(0, Stop).AsTask();
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        place!.Dispose();
        (await second)!.Dispose();
    }

    [Fact]
    public async Task A_place_given_back_twice_is_given_back_once()
    {
        var queue = new RequestQueue(1, 4, TimeProvider.System);
        var place = await queue.Enter(0, Stop);
        place!.Dispose();
        place.Dispose();
        Assert.Equal(0, queue.Running);
    }

    [Fact]
    public async Task Higher_tiers_go_first_and_within_a_tier_the_longest_waiting()
    {
        var queue = new RequestQueue(1, 8, TimeProvider.System);
        var place = await queue.Enter(0, Stop);
        var order = new List<string>();
        var waiting = new[] { ("bronze", 1), ("gold", 3), ("gold too", 3), ("master", 6) }.Select(each => Wait(each.Item1, each.Item2)).ToArray();
        place!.Dispose();
        await Task.WhenAll(waiting);
        Assert.Equal(["master", "gold", "gold too", "bronze"], order);

        async Task Wait(string name, int priority)
        {
            using var mine = await queue.Enter(priority, Stop);
            order.Add(name);
        }
    }
}
