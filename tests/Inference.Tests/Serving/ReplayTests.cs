namespace ProofMesh.Inference.Tests;

public sealed class ReplayTests
{
    private static readonly SamplingParameters Filtered = TestEngine.Request("", 1).Sampling with
    {
        Temperature = 0.8f,
        TopP = 0.9f,
        TopK = 40,
        RepetitionPenalty = 1.1f,
        PresencePenalty = 0.2f,
    };

    public static TheoryData<SamplingParameters> Ways => [Filtered, Filtered with { Temperature = 0 }, new SamplingParameters()];

    [Theory, MemberData(nameof(Ways))]
    public async Task An_honest_answer_wins_at_every_position(SamplingParameters sampling)
    {
        using var test = new TestEngine(o => o with { Threads = 2 });
        var request = TestEngine.Request("Why is the sky blue?", 90) with { Sampling = sampling };
        var answer = await test.Ask(request);
        var replayed = await test.Engine.Replay(request.Prompt, answer.Ids, sampling);
        Assert.Equal(answer.Ids.Length, replayed.Count);
        Assert.All(replayed, t => Assert.True(t.Agrees && t.Margin == 0));
        Assert.Equal(Enumerable.Range(request.Prompt.Count, replayed.Count), replayed.Select(t => t.Position));
    }

    [Fact]
    public async Task A_forged_token_loses_where_it_stands_by_a_margin()
    {
        using var test = new TestEngine();
        var request = TestEngine.Request("Why is the sky blue?", 60);
        var ids = (await test.Ask(request)).Ids;
        var winner = ids[40];
        ids[40] = (winner + 1) % 256;
        var replayed = await test.Engine.Replay(request.Prompt, ids, request.Sampling);
        Assert.All(replayed.Take(40), t => Assert.True(t.Agrees));
        Assert.Equal((ids[40], winner), (replayed[40].Emitted, replayed[40].Winner));
        Assert.True(replayed[40].Margin > 0);
    }

    [Fact]
    public async Task Another_seed_is_noticed_in_most_positions()
    {
        using var test = new TestEngine();
        var request = TestEngine.Request("Why is the sky blue?", 80);
        var ids = (await test.Ask(request)).Ids;
        var replayed = await test.Engine.Replay(request.Prompt, ids, request.Sampling with { Seed = new byte[32] });
        Assert.InRange(replayed.Count(t => !t.Agrees), 20, 80);
    }

    [Fact]
    public async Task A_replay_can_be_cancelled_and_refuses_what_does_not_fit()
    {
        using var test = new TestEngine(o => o with { MaxContext = 100 });
        await Assert.ThrowsAsync<ContextOverflowException>(() => test.Engine.Replay([1], new int[100], new()));
        await Assert.ThrowsAsync<ArgumentException>(() => test.Engine.Replay([1], [], new()));
        await Assert.ThrowsAsync<ArgumentException>(() => test.Engine.Replay([1], [9999], new()));
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => test.Engine.Replay([1], new int[99], new(), stop: stop.Token));
    }
}
