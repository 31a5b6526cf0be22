using System.Diagnostics;
using ProofMesh.Inference;

namespace ProofMesh.Bench;

/// <summary>Tokens per second of the processor backend: one answer, eight answers at a time, and a prompt.</summary>
internal static class EngineBench
{
    private const int PromptTokens = 256;
    private const int AnswerTokens = 96;
    private const int Rounds = 5;

    public static void Run() => Run(EmbeddedModel.Folder);

    /// <param name="folder">Any model folder; only its config and weights are read.</param>
    public static void Run(string folder)
    {
        Console.WriteLine("format  threads  decode tok/s  batch-8 tok/s  prefill tok/s");
        foreach (var format in new[] { WeightFormat.Float32, WeightFormat.Int8 })
        {
            foreach (var threads in new[] { 1, 2 })
                Measure(folder, format, threads);
        }
    }

    private static void Measure(string folder, WeightFormat format, int threads)
    {
        var config = ModelConfig.Load(folder);
        using var checkpoint = Checkpoint.Open(folder);
        using var runner = new CpuRunner(config, new ModelWeights(checkpoint, config), format, Math.Min(512, config.MaxPositions), threads);
        Decode(runner, 1, 8);
        Prefill(runner);
        var one = Median(() => Decode(runner, 1, AnswerTokens));
        var eight = Median(() => Decode(runner, 8, AnswerTokens / 4));
        var prefill = Median(() => Prefill(runner));
        Console.WriteLine($"{runner.Scheme,-7} {threads,7} {one,13:F0} {eight,14:F0} {prefill,14:F0}");
    }

    private static double Prefill(ModelRunner runner)
    {
        using var sequence = runner.Open(PromptTokens);
        var clock = Stopwatch.StartNew();
        runner.Forward([new SequenceStep(sequence, Tokens(runner, PromptTokens), 1)], new float[runner.Config.Vocabulary]);
        return PromptTokens / clock.Elapsed.TotalSeconds;
    }

    private static double Decode(ModelRunner runner, int answers, int tokens)
    {
        var sequences = Enumerable.Range(0, answers).Select(_ => runner.Open(tokens + 1)).ToArray();
        var logits = new float[answers * runner.Config.Vocabulary];
        var text = Tokens(runner, tokens);
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < tokens; i++)
            runner.Forward([.. sequences.Select(s => new SequenceStep(s, text.AsMemory(i, 1), 1))], logits);
        var rate = answers * tokens / clock.Elapsed.TotalSeconds;
        foreach (var sequence in sequences)
            sequence.Dispose();
        return rate;
    }

    private static int[] Tokens(ModelRunner runner, int count) =>
        [.. Enumerable.Range(0, count).Select(i => i * 7919 % runner.Config.Vocabulary)];

    private static double Median(Func<double> measure)
    {
        var values = Enumerable.Range(0, Rounds).Select(_ => measure()).Order().ToArray();
        return values[values.Length / 2];
    }
}
