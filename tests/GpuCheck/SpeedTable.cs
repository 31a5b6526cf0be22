using System.Diagnostics;
using System.Text.Json.Nodes;
using ProofMesh.Bench;
using ProofMesh.Inference;
using ProofMesh.Inference.Torch;

namespace ProofMesh.GpuCheck;

/// <summary>Tokens per second of the true shapes on one device, beside what its memory could give.</summary>
internal static class SpeedTable
{
    private const int Rounds = 3, DecodeTokens = 128, PromptTokens = 2048, Requests = 1000, RequestTokens = 128, AtOnce = 256;
    private const int Vocabulary = 128_256;
    private const double Giga = 1e9;

    public static Report Measure(string device)
    {
        var bandwidth = CopyBandwidth(device);
        var rows = new List<Measurement> { new("copy on the device, read and written", "GB per second", bandwidth / Giga, null, null) };
        WithShape(ShapeFolder.OneBillion, device, runner =>
        {
            rows.Add(new("1B bf16, one answer", "tokens per second", Decode(runner), null, 1_300));
            // Every weight is read once for a token.
            rows.Add(rows[^1] with { Name = "1B bf16, one answer, of what the memory gives", Unit = "share", Ours = rows[^1].Ours * WeightBytes(runner.Config) / bandwidth, Goal = 0.75 });
        });
        WithShape(ShapeFolder.EightBillion, device, runner =>
        {
            rows.Add(new("8B bf16, one answer", "tokens per second", Decode(runner), null, 230));
            rows.Add(new($"8B bf16, {Requests} requests, {RequestTokens} in and {RequestTokens} out", "tokens out per second", Serve(runner), null, 16_000));
            rows.Add(new($"8B bf16, prompt of {PromptTokens}", "tokens per second", Prefill(runner), null, 33_000));
        });
        rows.Add(rows[1] with { Name = "gpu" });
        return new Report(
            $"Random bfloat16 weights of the true shapes (Llama 3.2 1B, Llama 3.1 8B) on one device through the model runner; answers of {DecodeTokens} tokens, medians of {Rounds} rounds; the requests run {AtOnce} at a time, once. The last row is one answer of the 1B shape.",
            $"none in this run ({TorchLibrary.Describe()}).", [.. rows]);
    }

    private static double CopyBandwidth(string device)
    {
        using var scope = torch.NewDisposeScope();
        var from = torch.full([1L << 30], 1, torch.bfloat16, torch.device(device));
        var to = torch.empty([1L << 30], torch.bfloat16, torch.device(device));
        return Median.Of(Enumerable.Range(0, Rounds + 1).Select(_ =>
        {
            torch.cuda.synchronize();
            var clock = Stopwatch.StartNew();
            for (var i = 0; i < 8; i++) to.copy_(from);
            torch.cuda.synchronize();
            return 8 * 4.0 * (1L << 30) / clock.Elapsed.TotalSeconds;
        }).Skip(1));
    }

    private static void WithShape(JsonObject shape, string device, Action<ModelRunner> work)
    {
        using var files = new ShapeFolder(shape);
        using var checkpoint = Checkpoint.Open(files.Folder);
        var config = ModelConfig.Load(files.Folder);
        using var runner = new TorchRunner(config, new ModelWeights(checkpoint, config), WeightFormat.BFloat16, config.MaxPositions, device, 0, AtOnce * 2 * RequestTokens);
        work(runner);
    }

    private static double Decode(ModelRunner runner) => Median.Of(Enumerable.Range(0, Rounds + 1).Select(_ =>
    {
        using var sequence = runner.Open(DecodeTokens + 1);
        var logits = new float[Vocabulary];
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < DecodeTokens; i++) runner.Forward([new SequenceStep(sequence, Tokens(1, i), 1)], logits);
        return DecodeTokens / clock.Elapsed.TotalSeconds;
    }).Skip(1));

    private static double Prefill(ModelRunner runner) => Median.Of(Enumerable.Range(0, Rounds + 1).Select(_ =>
    {
        using var sequence = runner.Open(PromptTokens);
        var logits = new float[Vocabulary];
        var clock = Stopwatch.StartNew();
        runner.Forward([new SequenceStep(sequence, Tokens(PromptTokens, 1), 1)], logits);
        return PromptTokens / clock.Elapsed.TotalSeconds;
    }).Skip(1));

    // In waves of as many as run at once; all are as long as each other, so none waits for another.
    private static double Serve(ModelRunner runner)
    {
        var logits = new float[AtOnce * Vocabulary];
        var clock = Stopwatch.StartNew();
        for (var first = 0; first < Requests; first += AtOnce)
        {
            var sequences = Enumerable.Range(first, Math.Min(AtOnce, Requests - first)).Select(_ => runner.Open(2 * RequestTokens)).ToArray();
            runner.Forward([.. sequences.Select((s, i) => new SequenceStep(s, Tokens(RequestTokens, first + i), 1))], logits);
            for (var token = 1; token < RequestTokens; token++)
                runner.Forward([.. sequences.Select((s, i) => new SequenceStep(s, Tokens(1, first + i + token), 1))], logits);
            foreach (var sequence in sequences) sequence.Dispose();
        }
        return Requests * RequestTokens / clock.Elapsed.TotalSeconds;
    }

    private static double WeightBytes(ModelConfig c) =>
        2.0 * (((long)c.Vocabulary * c.Hidden) + (c.Layers * (((2L * c.QuerySize) + (2L * c.KeyValueSize) + (3L * c.Intermediate)) * c.Hidden)));

    private static int[] Tokens(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(Vocabulary))];
    }
}
