using System.Diagnostics;
using System.Text;
using ProofMesh.Inference;
using ProofMesh.Testing;

namespace ProofMesh.Bench;

/// <summary>What the scheduler and the sampler add to a model, what a format costs, and what the cache and guesses bring.</summary>
internal static class ServingBench
{
    private const int Rounds = 5, AnswerTokens = 64, PromptTokens = 1_000;

    public static Task<Report> Run()
    {
        var threads = Math.Min(2, Environment.ProcessorCount);
        using var model = new BenchModel("smollm2-135m", GgufShape.Small, RandomGguf.Q8, WeightFormat.Int8, threads, 1_200, 8);
        var (format, pieces) = Format(model.Runner.Config.Vocabulary);
        var (plain, formatted, guessed, cold, warm) = (new List<double>(), new List<double>(), new List<double>(), new List<double>(), new List<double>());
        var (one, eight) = (new List<double>(), new List<double>());
        Answers(model, 8, speculate: false);
        for (var round = 0; round < Rounds; round++)
        {
            var (rate, overhead) = Answers(model, 1, speculate: false);
            plain.Add(rate);
            one.Add(overhead);
            eight.Add(Answers(model, 8, speculate: false).Overhead);
            formatted.Add(Answers(model, 1, speculate: false, format, pieces).Rate);
            guessed.Add(Answers(model, 1, speculate: true).Rate);
            cold.Add(FirstToken(model, (byte)round, shared: 0));
            warm.Add(FirstToken(model, (byte)round, shared: 9 * PromptTokens / 10));
        }
        return Task.FromResult(new Report(
            $"Random weights at the shape of SmolLM2-135M in 8 bits, {threads} threads, stepped by the scheduler; answers of {AnswerTokens} tokens at temperature 1, a format over as many made-up tokens, prompts of {PromptTokens}; medians of {Rounds} interleaved rounds. Random weights make flat odds, the sampler's worst case, and texts that guesses can't foresee.",
            "none: these are ratios of the engine to itself.",
            [
                new("outside the model, 1 answer", "% of a step", 100 * Median.Of(one), null, 3, LessIsBetter: true),
                new("outside the model, 8 answers", "% of a step", 100 * Median.Of(eight), null, 3, LessIsBetter: true),
                new("an answer kept to a pattern", "times as long", Median.Of(plain) / Median.Of(formatted), null, 1.08, LessIsBetter: true),
                new("guesses in vain", "times as fast as without", Median.Of(guessed) / Median.Of(plain), null, null),
                new("serving", "times the time to the first token, 90 % of the prompt in the cache", Median.Of(warm) / Median.Of(cold), null, 0.15, LessIsBetter: true),
            ]));
    }

    private static (double Rate, double Overhead) Answers(BenchModel model, int count, bool speculate, Constraint? format = null, byte[][]? pieces = null)
    {
        var requests = Enumerable.Range(0, count).Select(i => Request(model, 4, AnswerTokens, (byte)i));
        return Run(model, [.. requests.Select(r => new Generation(r, [], AnswerTokens + 1, format, id => pieces![id]))], speculate) is var (seconds, times)
            ? (count * AnswerTokens / seconds, times.Overhead) : default;
    }

    private static double FirstToken(BenchModel model, byte scope, int shared)
    {
        var beginning = Request(model, shared, 1, 100).Prompt;
        GenerateRequest Asked(byte seed, int length) => Request(model, length, 1, seed) with
        {
            Prompt = [.. beginning, .. Request(model, length - shared, 1, seed).Prompt],
            CacheScope = new[] { scope, (byte)(shared > 0 ? 1 : 0) },
        };
        if (shared > 0) Run(model, [new Generation(Asked(101, shared + 20), [], 2)], speculate: false);
        return Run(model, [new Generation(Asked((byte)(102 + scope), PromptTokens), [], 2)], speculate: false).Seconds;
    }

    private static (double Seconds, StepTimes Times) Run(BenchModel model, Generation[] jobs, bool speculate)
    {
        using var scheduler = new Scheduler(model.Runner, new EngineOptions { Folder = "", Speculate = speculate }, TimeProvider.System);
        foreach (var job in jobs) scheduler.Enqueue(job);
        var clock = Stopwatch.StartNew();
        while (jobs.Any(job => !job.Ended)) scheduler.Step();
        return (clock.Elapsed.TotalSeconds, scheduler.Times);
    }

    private static GenerateRequest Request(BenchModel model, int prompt, int answer, byte seed)
    {
        var random = new Random(seed);
        return new()
        {
            Prompt = [.. Enumerable.Range(0, prompt).Select(_ => random.Next(model.Runner.Config.Vocabulary))],
            MaxTokens = answer,
            Sampling = new SamplingParameters { Seed = Enumerable.Repeat(seed, 32).ToArray() },
        };
    }

    // Made-up tokens of one to eight letters, and any character as the pattern: nearly every token stays allowed.
    private static (Constraint, byte[][]) Format(int vocabulary)
    {
        var random = new Random(1);
        byte[][] pieces = [.. Enumerable.Range(0, vocabulary).Select(_ => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 1 + random.Next(8)).Select(_ => (char)('a' + random.Next(26))))))];
        return (Constraint.Read("""{"type":"regex","pattern":"[^\\u0000]+"}""", new TokenTrie(pieces), []), pieces);
    }
}
