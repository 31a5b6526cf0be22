using System.Diagnostics;
using ProofMesh.Inference;

namespace ProofMesh.Bench;

/// <summary>What the engine adds to its model: scheduling, sampling, formats; and what its cache, its batches and its guesses bring.</summary>
internal static class ServingBench
{
    private const int Rounds = 5, AnswerTokens = 96;

    public static async Task<Report> Run()
    {
        var options = new EngineOptions { Folder = EmbeddedModel.Folder, Weights = WeightFormat.Int8, Threads = Math.Min(2, Environment.ProcessorCount), MaxSequences = 16 };
        var rows = new List<Measurement>();
        using (var engine = Engine.Load(options with { Speculate = false }))
        {
            await Answers(engine, 4, null);
            var (alone, crowd, formatted) = (new List<double>(), new List<double>(), new List<double>());
            var (cold, warm) = (new List<double>(), new List<double>());
            for (var round = 0; round < Rounds; round++)
            {
                alone.Add(await Answers(engine, 1, null));
                crowd.Add(await Answers(engine, 16, null));
                formatted.Add(await Answers(engine, 1, """{"type":"regex","pattern":"[^\\u0000]+"}"""));
                cold.Add(await FirstToken(engine, round, shared: 0));
                warm.Add(await FirstToken(engine, round, shared: 90));
            }
            rows.Add(new("16 answers at a time against one", "times", Median.Of(crowd) / Median.Of(alone), null, 6));
            rows.Add(new("90 % of the prompt in the cache", "of the cold time to the first token", Median.Of(warm) / Median.Of(cold), null, 0.15, LessIsBetter: true));
            rows.Add(new("an answer kept to a pattern", "of the time of a free one", Median.Of(alone) / Median.Of(formatted), null, 1.08, LessIsBetter: true));
        }
        rows.Add(new("outside the model, 1 answer", "% of a step", 100 * await Overhead(options with { Speculate = false }, 1), null, 3, LessIsBetter: true));
        rows.Add(new("outside the model, 8 answers", "% of a step", 100 * await Overhead(options with { Speculate = false }, 8), null, 3, LessIsBetter: true));
        rows.Add(new("guessing from the text", "times", await Rate(options) / await Rate(options with { Speculate = false }), null, 1));
        rows.Add(rows[0] with { Name = "serving" });
        return new(
            $"The embedded model in int8 through the whole engine, answers of {AnswerTokens} tokens; medians of {Rounds} interleaved rounds. Prompts of 400 tokens for the time to the first token.",
            "none: these are ratios of the engine to itself.", [.. rows]);
    }

    private static async Task<double> Rate(EngineOptions options)
    {
        using var engine = Engine.Load(options);
        var rates = new List<double>();
        for (var round = 0; round < Rounds; round++) rates.Add(await Answers(engine, 1, null));
        return Median.Of(rates);
    }

    private static async Task<double> Overhead(EngineOptions options, int answers)
    {
        using var engine = Engine.Load(options);
        for (var round = 0; round < Rounds; round++) await Answers(engine, answers, null);
        return engine.Times.Overhead;
    }

    // Tokens per second over all.
    private static async Task<double> Answers(Engine engine, int count, string? format)
    {
        var clock = Stopwatch.StartNew();
        var tokens = await Task.WhenAll(Enumerable.Range(0, count).Select(i => Task.Run(() => Read(engine, new GenerateRequest
        {
            Prompt = engine.Prompt([new ChatMessage("user", $"What is a river {i}?")]),
            MaxTokens = AnswerTokens,
            Format = format,
            Sampling = new SamplingParameters { Seed = Enumerable.Repeat((byte)i, 32).ToArray() },
        }))));
        return tokens.Sum() / clock.Elapsed.TotalSeconds;
    }

    private static async Task<double> FirstToken(Engine engine, int round, int shared)
    {
        const int length = 400;
        int[] Text(int seed, int count) => [.. Enumerable.Range(0, count).Select(i => (i * 7919 + seed * 104_729) % 4000 + 50)];
        var scope = new byte[] { (byte)(1 + round), (byte)shared };
        var beginning = Text(round, length * shared / 100);
        if (shared > 0) await Read(engine, new GenerateRequest { Prompt = [.. beginning, .. Text(99, 16)], MaxTokens = 1, CacheScope = scope });
        var clock = Stopwatch.StartNew();
        await Read(engine, new GenerateRequest { Prompt = [.. beginning, .. Text(50 + round, length - beginning.Length)], MaxTokens = 1, CacheScope = scope });
        return clock.Elapsed.TotalMilliseconds;
    }

    private static async Task<int> Read(Engine engine, GenerateRequest request)
    {
        var count = 0;
        await foreach (var token in engine.Generate(request)) count += token.Ids.Count;
        return count;
    }
}
