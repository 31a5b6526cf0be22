using System.Diagnostics;
using ProofMesh.Inference;
using ProofMesh.Inference.Torch;

namespace ProofMesh.Bench;

/// <summary>Tokens per second of the embedded model on the processor: one answer, eight at a time, and a prompt.</summary>
internal static class EngineBench
{
    private const int PromptTokens = 256, AnswerTokens = 96, Rounds = 5;
    // A reader of subtitles takes four words a second; one thread serves a hundred of them and more.
    private const double DecodeGoal = 500;

    private delegate double Work(ModelRunner runner);

    private static readonly (string Name, Work Work)[] Works =
    [
        ("answer", runner => Decode(runner, 1, AnswerTokens)),
        ("8 answers", runner => Decode(runner, 8, AnswerTokens / 4)),
        ("prompt", Prefill),
    ];

    public static Task<Report> Run()
    {
        var config = ModelConfig.Load(EmbeddedModel.Folder);
        using var checkpoint = Checkpoint.Open(EmbeddedModel.Folder);
        var weights = new ModelWeights(checkpoint, config);
        var rows = new List<Measurement>();
        foreach (var threads in new[] { Math.Min(2, Environment.ProcessorCount), 1 }.Distinct()) rows.AddRange(Compare(config, weights, threads));
        // The last row: what a node of the demo gives one customer.
        var headline = rows.First(row => row.Name == "answer, cpu-f32, 1 thread") with { Name = "engine", Goal = DecodeGoal };
        return Task.FromResult(new Report(
            $"Tokens of the embedded model through the model runner, without sampling: one answer of {AnswerTokens} tokens, eight answers at a time, a prompt of {PromptTokens}; medians of {Rounds} interleaved rounds. The last row is one answer in float32 on one thread.",
            TorchLibrary.IsAvailable ? $"our own Torch backend in float32 with as many threads ({TorchLibrary.Describe().Split(',')[0]}), also beside int8 (cpu-q8), which it doesn't have. Not an engine by others: llama.cpp isn't measured yet." : "none: libtorch isn't installed.",
            [.. rows, headline]));
    }

    private static IEnumerable<Measurement> Compare(ModelConfig config, ModelWeights weights, int threads)
    {
        var context = Math.Min(512, config.MaxPositions);
        using var f32 = new CpuRunner(config, weights, WeightFormat.Float32, context, threads);
        using var int8 = new CpuRunner(config, weights, WeightFormat.Int8, context, threads);
        using var torch = TorchLibrary.IsAvailable ? new TorchRunner(config, weights, WeightFormat.Float32, context, "cpu", threads) : null;
        var runners = new ModelRunner?[] { f32, int8, torch }.OfType<ModelRunner>().ToArray();
        foreach (var (name, work) in Works)
        {
            var rates = runners.ToDictionary(runner => runner, _ => new List<double>());
            foreach (var runner in runners) work(runner);
            for (var round = 0; round < Rounds; round++)
                foreach (var runner in runners) rates[runner].Add(work(runner));
            double? peer = torch is null ? null : Median.Of(rates[torch]);
            foreach (var runner in new ModelRunner[] { f32, int8 })
                yield return new($"{name}, {runner.Scheme}, {threads} thread{(threads == 1 ? "" : "s")}", "tokens per second", Median.Of(rates[runner]), peer, null);
        }
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
}
