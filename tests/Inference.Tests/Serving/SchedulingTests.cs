namespace ProofMesh.Inference.Tests;

public sealed class SchedulingTests
{
    [Fact]
    public async Task A_cancelled_answer_ends_within_a_token_and_frees_its_cache()
    {
        using var test = new TestEngine(o => o with { ReadAhead = 2 });
        using var stop = new CancellationTokenSource();
        var pieces = new List<GeneratedToken>();
        await foreach (var piece in test.Engine.Generate(TestEngine.Request("a", 2000), stop.Token))
        {
            pieces.Add(piece);
            if (pieces.Count == 5)
                await stop.CancelAsync();
        }
        Assert.Equal(FinishReason.Cancelled, pieces[^1].Finish);
        Assert.Empty(pieces[^1].Ids);
        Assert.InRange(pieces.Count, 6, 5 + 2 + 1 + 1);
        await Idle(test.Engine);
    }

    [Fact]
    public async Task Leaving_the_enumeration_early_frees_the_cache()
    {
        using var test = new TestEngine();
        await foreach (var _ in test.Engine.Generate(TestEngine.Request("a", 2000)))
            break;
        await Idle(test.Engine);
    }

    [Fact]
    public async Task A_waiting_request_can_be_cancelled()
    {
        using var test = new TestEngine(o => o with { MaxSequences = 1, ReadAhead = 5000 });
        await using var first = test.Engine.Generate(TestEngine.Request("a", 4000)).GetAsyncEnumerator();
        await first.MoveNextAsync();
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        var waiting = await test.Ask(TestEngine.Request("b", 50), stop.Token);
        Assert.Equal((FinishReason.Cancelled, 0), (waiting.Finish!.Value, waiting.Ids.Length));
    }

    [Fact]
    public async Task A_slow_reader_pauses_itself_and_nobody_else()
    {
        using var test = new TestEngine(o => o with { ReadAhead = 3 });
        var request = TestEngine.Request("slow", 100);
        await using var slow = test.Engine.Generate(request).GetAsyncEnumerator();
        await slow.MoveNextAsync();
        var fast = await test.Ask(TestEngine.Request("fast", 300));
        Assert.Equal(300, fast.Ids.Length);
        Assert.Equal(1, test.Engine.CurrentLoad.Running);
        var ids = new List<int>(slow.Current.Ids);
        while (await slow.MoveNextAsync())
            ids.AddRange(slow.Current.Ids);
        Assert.Equal((await test.Ask(request)).Ids, ids);
    }

    [Fact]
    public async Task Requests_beyond_the_cache_wait_their_turn_and_are_all_answered()
    {
        using var test = new TestEngine(o => o with { MaxContext = 64, CacheTokens = 100, MaxQueue = 50, StepTokens = 8 });
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => test.Ask(TestEngine.Request(new string('q', 5 + i), 30))));
        Assert.All(answers, a => Assert.Equal((FinishReason.Length, 30), (a.Finish!.Value, a.Ids.Length)));
        await Idle(test.Engine);
    }

    [Fact]
    public async Task An_engine_that_ends_cancels_what_runs_and_what_waits()
    {
        var test = new TestEngine(o => o with { MaxSequences = 2 });
        var answers = Enumerable.Range(0, 5).Select(_ => test.Ask(TestEngine.Request("a", 4000))).ToArray();
        await Task.Delay(50);
        test.Dispose();
        Assert.All(await Task.WhenAll(answers), a => Assert.Equal(FinishReason.Cancelled, a.Finish));
    }

    [Fact]
    public async Task A_long_prompt_delays_its_neighbour_by_pieces_only()
    {
        using var test = new TestEngine(o => o with { StepTokens = 32 });
        await using var talking = test.Engine.Generate(TestEngine.Request("a", 1000)).GetAsyncEnumerator();
        await talking.MoveNextAsync();
        var reading = test.Ask(TestEngine.Request(new string('p', 3000), 1));
        var between = 0;
        while (!reading.IsCompleted && await talking.MoveNextAsync())
            between++;
        // 3000 prompt tokens in pieces of at most 31: the neighbour takes a step with each.
        Assert.InRange(between, 3000 / 32 - 10, 1000);
        Assert.Equal(FinishReason.Length, (await reading).Finish);
    }

    private static async Task Idle(Engine engine)
    {
        for (var i = 0; i < 500; i++)
        {
            var load = engine.CurrentLoad;
            if (load.Running + load.Queued == 0 && load.FreeCacheTokens == load.CacheTokens)
                return;
            await Task.Delay(10);
        }
        Assert.Fail($"still busy: {engine.CurrentLoad}");
    }
}
