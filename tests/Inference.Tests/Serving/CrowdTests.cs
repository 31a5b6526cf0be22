namespace ProofMesh.Inference.Tests;

/// <summary>Many requests that come, pause, leave and share beginnings at random, in less cache than they need.</summary>
public sealed class CrowdTests
{
    // The first draft model is the model itself, so it is always right; the second is another.
    [Theory, MemberData(nameof(Seeds))]
    public void Whatever_comes_when_everybody_gets_the_tokens_that_they_would_get_alone(int seed)
    {
        var random = new Random(seed);
        using var crowd = new Crowd(cacheTokens: 160, maxSequences: 2 + random.Next(6), stepTokens: 4 + random.Next(60), draft: new[] { null, "llama", "llama tied" }[seed % 3]);
        for (var step = 0; step < 4000 && !(step > 60 && crowd.Members.All(m => m.Finish is not null)); step++)
        {
            if (step < 60 && random.Next(3) == 0)
                crowd.Join(Random(crowd, random, crowd.Members.Count));
            foreach (var member in crowd.Members.Where(_ => step > 60 || random.Next(4) > 0))
                member.ReadAll();
            if (step < 60 && random.Next(20) == 0 && crowd.Members.Count > 0)
                crowd.Members[random.Next(crowd.Members.Count)].Job.Cancel();
            crowd.Pass(TimeSpan.FromMilliseconds(random.Next(500)));
            StepAndCheck(crowd);
        }
        crowd.Members.ForEach(m => m.ReadAll());
        foreach (var member in crowd.Members)
        {
            Assert.NotNull(member.Finish);
            var alone = crowd.Alone(member.Request);
            Assert.Equal(member.Job.Cancelled ? alone[..member.Read.Count] : alone, member.Read);
        }
        Assert.Equal(crowd.Runner.Pool.Count, crowd.Runner.Pool.Free);
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, Nightly.Times(12, 1000))];

    [Fact]
    public void The_lowest_priority_is_served_through_an_endless_stream_of_higher_ones()
    {
        using var crowd = new Crowd(cacheTokens: 96, maxSequences: 2);
        var patient = crowd.Join(crowd.Request(20, 30, seed: 1));
        for (var step = 0; patient.Finish is null; step++)
        {
            Assert.True(step < 1000, "starved");
            while (crowd.Members.Count(m => m.Finish is null) < 6)
                crowd.Join(crowd.Request(20, 10, seed: 2 + step % 200, priority: 6));
            crowd.Members.ForEach(m => m.ReadAll());
            crowd.Pass(TimeSpan.FromMilliseconds(200));
            StepAndCheck(crowd);
        }
        Assert.Equal(crowd.Alone(patient.Request), patient.Read);
    }

    [Fact]
    public void A_higher_priority_overtakes_who_came_less_than_its_worth_before()
    {
        using var crowd = new Crowd(cacheTokens: 96, maxSequences: 1);
        var first = crowd.Join(crowd.Request(5, 5, seed: 1));
        Assert.True(crowd.Scheduler.Step());
        var early = crowd.Join(crowd.Request(5, 5, seed: 2));
        crowd.Pass(TimeSpan.FromSeconds(6));
        var second = crowd.Join(crowd.Request(5, 5, seed: 3, priority: 1));
        var third = crowd.Join(crowd.Request(5, 5, seed: 4, priority: 2));
        var order = new List<Crowd.Member>();
        while (crowd.Members.Any(m => m.Finish is null))
        {
            crowd.Scheduler.Step();
            crowd.Members.ForEach(m => m.ReadAll());
            order.AddRange(crowd.Members.Where(m => m.Finish is not null).Except(order));
        }
        Assert.Equal([first, third, early, second], order);
    }

    [Fact]
    public void A_paused_reader_gives_its_place_to_who_waits_and_goes_on_where_it_was()
    {
        using var crowd = new Crowd(cacheTokens: 96, maxSequences: 1);
        var paused = crowd.Join(crowd.Request(40, 30, seed: 1), readAhead: 2);
        for (var i = 0; i < 10; i++)
            crowd.Scheduler.Step();
        Assert.False(paused.Job.Ready);
        var quick = crowd.Join(crowd.Request(60, 20, seed: 2), readAhead: 100);
        for (var i = 0; i < 30; i++)
            crowd.Scheduler.Step();
        quick.ReadAll();
        Assert.Equal(FinishReason.Length, quick.Finish);
        while (paused.Finish is null)
        {
            paused.ReadAll();
            crowd.Scheduler.Step();
        }
        Assert.Equal(crowd.Alone(paused.Request), paused.Read);
    }

    [Fact]
    public void Ninety_percent_of_a_prompt_in_the_cache_leave_a_tenth_to_compute()
    {
        using var crowd = new Crowd(cacheTokens: 1024, stepTokens: 64);
        var scope = new byte[] { 1 };
        var cold = crowd.Request(640, 1, seed: 1) with { CacheScope = scope };
        int[] prompt = [.. cold.Prompt.Take(576), .. crowd.Request(64, 1, seed: 2).Prompt];
        Assert.Equal((10, 0), StepsOf(crowd, cold));
        Assert.Equal((1, 576), StepsOf(crowd, cold with { Prompt = prompt }));
        Assert.Equal((10, 0), StepsOf(crowd, cold with { Prompt = prompt, CacheScope = new byte[] { 2 } }));
    }

    [Fact]
    public void A_draft_model_that_is_right_spares_most_steps_and_one_that_is_wrong_few_and_neither_changes_a_token()
    {
        var steps = new Dictionary<string, int>();
        foreach (var draft in new[] { "", "llama", "llama tied" })
        {
            using var crowd = new Crowd(cacheTokens: 400, draft: draft.Length == 0 ? null : draft);
            (steps[draft], _) = StepsOf(crowd, crowd.Request(20, 200, seed: 3));
        }
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", steps));
        Assert.InRange(steps["llama"], 20, 120);
        Assert.InRange(steps["llama tied"], 100, 201);
    }

    [Fact]
    public void A_text_that_repeats_itself_is_guessed_from_itself()
    {
        using var crowd = new Crowd(cacheTokens: 600);
        int[] round = [5, 9, 2, 7, 11, 3];
        var request = crowd.Request(1, 200, seed: 3) with
        {
            Prompt = [.. Enumerable.Repeat(round, 30).SelectMany(t => t)],
            Sampling = new SamplingParameters { Temperature = 0, FrequencyPenalty = -100 },
        };
        var (steps, _) = StepsOf(crowd, request);
        TestContext.Current.TestOutputHelper?.WriteLine($"{steps} steps for 200 tokens");
        Assert.InRange(steps, 20, 150);
    }

    [Fact]
    public void A_step_allocates_nothing_for_its_tokens()
    {
        using var crowd = new Crowd(cacheTokens: 2000, draft: "llama");
        for (var i = 0; i < 4; i++)
            crowd.Join(crowd.Request(20, 400, seed: i) with { Sampling = new SamplingParameters { TopK = i % 2 * 20 } });
        var (allocated, tokens) = (0L, 0);
        for (var step = 0; crowd.Members.Any(m => m.Finish is null); step++)
        {
            var (bytes, read) = (GC.GetAllocatedBytesForCurrentThread(), crowd.Members.Sum(m => m.Read.Count));
            crowd.Scheduler.Step();
            bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
            crowd.Members.ForEach(m => m.ReadAll());
            if (step < 30)
                continue;
            allocated += bytes;
            tokens += crowd.Members.Sum(m => m.Read.Count) - read;
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{allocated} bytes for {tokens} tokens");
        Assert.InRange(allocated / (double)tokens, 0, 16);
    }

    [Fact]
    public void Nothing_is_guessed_while_guesses_are_wrong_or_cost_as_much_as_they_bring()
    {
        var (cheap, dear) = (new StepCost(), new StepCost());
        for (var i = 0; i < 50; i++)
        {
            cheap.Note(1 + i % 4, 10 + 0.1 * (i % 4));
            dear.Note(1 + i % 4, 10 * (1 + i % 4));
        }
        var drafting = new Drafting();
        Assert.InRange(drafting.Worth(cheap, 1), 3, Drafting.MaxGuesses);
        Assert.Equal(0, drafting.Worth(dear, 1));
        for (var i = 0; i < 40; i++)
            drafting.Note(right: false);
        Assert.Equal(0, drafting.Worth(cheap, 2));
        for (var i = 0; i < 60; i++)
            drafting.Note(right: true);
        Assert.Equal(Drafting.MaxGuesses, drafting.Worth(cheap, 1));
    }

    private static (int Steps, int Cached) StepsOf(Crowd crowd, GenerateRequest request)
    {
        var member = crowd.Join(request);
        var steps = 0;
        for (; member.Finish is null; member.ReadAll())
            steps += crowd.Scheduler.Step() ? 1 : 0;
        Assert.Equal(crowd.Alone(request), member.Read);
        return (steps, member.Job.CachedTokens);
    }

    private static GenerateRequest Random(Crowd crowd, Random random, int seed)
    {
        var request = crowd.Request(1 + random.Next(100), 1 + random.Next(40), seed, random.Next(7));
        var scope = random.Next(3);
        if (scope == 0)
            return request;
        var shared = crowd.Request(70, 1, seed: 1000 + random.Next(2)).Prompt;
        return request with { CacheScope = new[] { (byte)scope }, Prompt = [.. shared.Take(random.Next(71)), .. request.Prompt.Take(1 + random.Next(40))] };
    }

    // Of those that run and whose reader waits, the one that is first in order makes progress in every step.
    private static void StepAndCheck(Crowd crowd)
    {
        var eager = crowd.Members.Where(m => m.Job is { Ready: true, Ended: false, Cancelled: false }).ToList();
        var first = eager.Where(m => m.Job.Sequence is not null).MinBy(m => m.Job.Due);
        var before = (first?.Job.Count, first?.Job.Sequence?.Length ?? 0);
        Assert.Equal(eager.Count > 0, crowd.Scheduler.Step());
        var load = crowd.Scheduler.Load;
        Assert.InRange(load.Running, 0, load.MaxSequences);
        Assert.InRange(load.FreeCacheTokens, 0, load.CacheTokens);
        var held = crowd.Members.Where(m => m.Job.Sequence is not null).SelectMany(m => m.Job.Sequence!.Blocks.ToArray()).Distinct().Count();
        Assert.Equal(load.CacheTokens / BlockPool.Tokens - held, crowd.Runner.Pool.Free);
        if (first is not null)
            Assert.True(first.Job.Ended || before.CompareTo((first.Job.Count, first.Job.Sequence?.Length ?? 0)) < 0, "the first in order stood still");
    }
}
