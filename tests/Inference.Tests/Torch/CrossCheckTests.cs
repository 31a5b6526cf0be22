namespace ProofMesh.Inference.Tests.Torch;

/// <summary>The embedded model on both backends: what one node answers, the other can check.</summary>
[Collection("torch")]
public sealed class CrossCheckTests
{
    private static readonly string[] Questions = ["What is a river?", "What is the meaning of courage?", "Tell me about oaks."];

    [Fact]
    public async Task Both_backends_choose_the_same_tokens()
    {
        using var cpu = Load(Backend.Cpu);
        using var torch = Load(Backend.Torch);
        foreach (var question in Questions)
            Assert.Equal(await Answer(cpu, question, 0), await Answer(torch, question, 0));
    }

    [Theory]
    [InlineData(Backend.Cpu, Backend.Torch)]
    [InlineData(Backend.Torch, Backend.Cpu)]
    public async Task A_sampled_answer_of_one_wins_on_the_other_at_nearly_every_position(Backend node, Backend auditor)
    {
        using var answering = Load(node);
        using var checking = Load(auditor);
        foreach (var question in Questions)
        {
            var request = Request(answering, question, 0.8f);
            var ids = await Answer(answering, question, 0.8f);
            var replayed = await checking.Replay(request.Prompt, ids, request.Sampling);
            Assert.Equal(ids.Length, replayed.Count);
            // One: a token at the very edge of the filter may fall out of it by rounding.
            Assert.InRange(replayed.Count(token => token.Margin > 1e-3), 0, 1);
        }
    }

    [Fact]
    public async Task Bfloat16_answers_like_float32_in_most_positions()
    {
        using var exact = Load(Backend.Cpu);
        using var rounded = Load(Backend.Torch, WeightFormat.BFloat16);
        Assert.Equal("torch-bf16", rounded.Model.Scheme);
        var replayed = new List<ReplayedToken>();
        foreach (var question in Questions)
            replayed.AddRange(await exact.Replay(Request(exact, question, 0).Prompt, await Answer(rounded, question, 0), Request(exact, question, 0).Sampling));
        Assert.InRange(replayed.Count(t => t.Agrees), replayed.Count * 9 / 10, replayed.Count);
    }

    [Fact]
    public async Task Answers_at_the_same_time_are_those_given_alone()
    {
        using var torch = Load(Backend.Torch);
        var together = await Task.WhenAll(Questions.Select(q => Answer(torch, q, 0)));
        for (var i = 0; i < Questions.Length; i++) Assert.Equal(await Answer(torch, Questions[i], 0), together[i]);
    }

    private static Engine Load(Backend backend, WeightFormat format = WeightFormat.Float32) =>
        Engine.Load(new EngineOptions { Folder = Folder(), Backend = backend, Weights = format, Threads = 1 });

    private static GenerateRequest Request(Engine engine, string question, float temperature) => new()
    {
        Prompt = engine.Prompt([new ChatMessage("user", question)]),
        MaxTokens = 40,
        Sampling = new SamplingParameters { Temperature = temperature, TopP = temperature == 0 ? 1 : 0.95f, Seed = Enumerable.Range(1, 32).Select(i => (byte)i).ToArray() },
    };

    private static async Task<int[]> Answer(Engine engine, string question, float temperature)
    {
        var ids = new List<int>();
        await foreach (var token in engine.Generate(Request(engine, question, temperature))) ids.AddRange(token.Ids);
        return [.. ids];
    }

    private static string Folder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "src", "Inference", "Model");
            if (File.Exists(Path.Combine(path, "config.json"))) return path;
        }
        throw new DirectoryNotFoundException("the embedded model is not above the test's folder");
    }
}
