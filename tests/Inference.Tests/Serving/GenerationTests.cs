using System.Text;

namespace ProofMesh.Inference.Tests;

public sealed class GenerationTests
{
    [Fact]
    public void A_prompt_that_leaves_no_room_is_refused_with_the_numbers_before_anything_is_computed()
    {
        using var test = new TestEngine(o => o with { MaxContext = 50 });
        var fault = Assert.Throws<ContextOverflowException>(() => test.Engine.Generate(TestEngine.Request(new string('a', 41), 10)));
        Assert.Equal((41, 10, 50), (fault.PromptTokens, fault.MaxTokens, fault.Context));
        Assert.Equal(0, test.Engine.CurrentLoad.Running + test.Engine.CurrentLoad.Queued);
    }

    public static TheoryData<string, GenerateRequest> Malformed => new()
    {
        { "no prompt", TestEngine.Request("", 1) },
        { "no tokens", TestEngine.Request("a", 0) },
        { "strange token", TestEngine.Request("a", 1) with { Prompt = [ByteTokenizer.Vocabulary] } },
        { "negative token", TestEngine.Request("a", 1) with { Prompt = [-1] } },
        { "empty stop", TestEngine.Request("a", 1) with { Stop = [""] } },
        { "many stops", TestEngine.Request("a", 1) with { Stop = [.. Enumerable.Repeat("x", 17)] } },
        { "long stop", TestEngine.Request("a", 1) with { Stop = [new string('x', 257)] } },
        { "temperature", TestEngine.Request("a", 1) with { Sampling = new() { Temperature = float.NaN } } },
        { "top p", TestEngine.Request("a", 1) with { Sampling = new() { TopP = 0 } } },
        { "min p", TestEngine.Request("a", 1) with { Sampling = new() { MinP = 1.1f } } },
        { "top k", TestEngine.Request("a", 1) with { Sampling = new() { TopK = -1 } } },
        { "penalty", TestEngine.Request("a", 1) with { Sampling = new() { RepetitionPenalty = 0 } } },
        { "seed", TestEngine.Request("a", 1) with { Sampling = new() { Seed = new byte[31] } } },
    };

    [Theory, MemberData(nameof(Malformed))]
    public void A_malformed_request_is_refused(string what, GenerateRequest request)
    {
        using var test = new TestEngine();
        Assert.True(Assert.Throws<ArgumentException>(() => test.Engine.Generate(request)).Message.Length > 10, what);
    }

    [Fact]
    public async Task A_full_queue_refuses()
    {
        using var test = new TestEngine(o => o with { MaxSequences = 1, MaxQueue = 1, ReadAhead = 1 });
        var request = TestEngine.Request("a", 50);
        await using var first = test.Engine.Generate(request).GetAsyncEnumerator();
        await first.MoveNextAsync();
        await using var second = test.Engine.Generate(request).GetAsyncEnumerator();
        var waiting = second.MoveNextAsync();
        await Assert.ThrowsAsync<EngineBusyException>(() => test.Ask(request));
        await first.DisposeAsync();
        Assert.True(await waiting);
    }

    [Fact]
    public async Task An_answer_is_as_long_as_was_asked_and_its_text_is_that_of_its_tokens()
    {
        using var test = new TestEngine(o => o with { MaxContext = 300 });
        var answer = await test.Ask(TestEngine.Request("Tell me something.", 200));
        Assert.Equal(FinishReason.Length, answer.Finish);
        Assert.Equal(200, answer.Ids.Length);
        Assert.All(answer.Pieces.SkipLast(1), p => Assert.Null(p.Finish));
        Assert.Equal(Encoding.UTF8.GetString([.. answer.Ids.Where(i => i < 256).Select(i => (byte)i)]), answer.Text);
    }

    [Fact]
    public async Task An_end_token_ends_the_answer_and_is_reported_but_not_shown()
    {
        using var probe = new TestEngine();
        var usual = await probe.Ask(TestEngine.Request("Hello", 30));
        var end = usual.Ids[12];
        using var test = new TestEngine(config: new() { ["eos_token_id"] = end });
        var answer = await test.Ask(TestEngine.Request("Hello", 30));
        var length = Array.IndexOf(usual.Ids, end) + 1;
        Assert.Equal(FinishReason.Stop, answer.Finish);
        Assert.Equal(usual.Ids[..length], answer.Ids);
        Assert.Equal(Encoding.UTF8.GetString([.. answer.Ids[..^1].Select(i => (byte)i)]), answer.Text);
    }

    [Fact]
    public async Task Equal_requests_answer_equally_alone_and_in_company_and_other_seeds_differ()
    {
        using var test = new TestEngine(o => o with { StepTokens = 16, Threads = 2 });
        var request = TestEngine.Request("The quick brown fox jumps over the lazy dog", 40);
        var alone = await test.Ask(request);
        var others = Enumerable.Range(2, 9).Select(i => TestEngine.Request(new string('x', i * 7), 30) with
        {
            Sampling = new() { Seed = Enumerable.Repeat((byte)i, 32).ToArray() },
        });
        var company = await Task.WhenAll(others.Append(request).Append(request).Select(r => test.Ask(r)));
        Assert.Equal(alone.Ids, company[^1].Ids);
        Assert.Equal(alone.Ids, company[^2].Ids);
        var reseeded = request with { Sampling = request.Sampling with { Seed = new byte[32] } };
        Assert.NotEqual(alone.Ids, (await test.Ask(reseeded)).Ids);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(17)]
    public async Task A_stop_string_across_tokens_cuts_the_answer_and_is_never_shown(int length)
    {
        using var test = new TestEngine();
        var request = TestEngine.Request("Once upon a time", 120);
        var whole = (await test.Ask(request)).Text;
        var stop = whole.Substring(whole.Length / 2, length);
        var answer = await test.Ask(request with { Stop = ["never said", stop] });
        Assert.Equal(FinishReason.Stop, answer.Finish);
        Assert.Equal(whole[..whole.IndexOf(stop, StringComparison.Ordinal)], answer.Text);
        Assert.All(answer.Pieces, p => Assert.DoesNotContain(stop, p.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Text_that_only_begins_like_a_stop_string_is_shown_in_the_end()
    {
        using var test = new TestEngine();
        var request = TestEngine.Request("Once upon a time", 60);
        var whole = (await test.Ask(request)).Text;
        var answer = await test.Ask(request with { Stop = [whole[^4..] + "§"] });
        Assert.Equal((whole, FinishReason.Length), (answer.Text, answer.Finish!.Value));
    }
}
