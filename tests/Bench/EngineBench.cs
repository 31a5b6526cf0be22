using ProofMesh.Inference;
using ProofMesh.Testing;

namespace ProofMesh.Bench;

/// <summary>Tokens per second at the shape of SmolLM2-135M beside llama.cpp, in 8 bits, 4 bits and bfloat16.</summary>
internal static class EngineBench
{
    private const int Rounds = 3;

    public static Task<Report> Run()
    {
        var threads = Math.Min(2, Environment.ProcessorCount);
        var llama = LlamaCpp.Find();
        var rows = new List<Measurement>();
        rows.AddRange(Compare(llama, "Q8_0", RandomGguf.Q8, WeightFormat.Int8, threads, [("answer", 2.0), ("8 answers", 4.0), ("prompt of 512", 2.0)]));
        rows.AddRange(Compare(llama, "Q4_0", RandomGguf.Q4, WeightFormat.Int4, threads, [("answer", 1.3), ("prompt of 512", 1.3)]));
        rows.AddRange(Compare(llama, "BF16", RandomGguf.BF16, WeightFormat.BFloat16, threads, [("answer", 1.3), ("prompt of 512", 1.3)]));
        return Task.FromResult(new Report(
            $"Random weights at the shape of SmolLM2-135M, the same GGUF file in both engines, {threads} threads, through the model runner without sampling: 48 tokens of one answer, 24 of eight answers at a time, a prompt of 512; medians of {Rounds} interleaved rounds. Native kernels: {(NativeKernels.Bytes ? "used" : "not used")}. The last row is one answer in 8 bits.",
            PeerName(llama),
            [.. rows, rows[0] with { Name = "engine" }]));
    }

    public static string PeerName(LlamaCpp? llama) => llama is null
        ? "none: llama.cpp isn't built (scripts/llama)."
        : "llama.cpp 0.5.0 (npm node-llama-cpp 3.22.1): the faster of its packagers' libraries and our own build of its source for this processor.";

    public static IEnumerable<Measurement> Compare(LlamaCpp? llama, string name, uint type, WeightFormat format, int threads, (string Work, double Goal)[] works)
    {
        using var model = new BenchModel("smollm2-135m", GgufShape.Small, type, format, threads, 576, 8);
        foreach (var (work, goal) in works)
        {
            Func<double> ours = work switch
            {
                "answer" => () => model.Decode(1, 48),
                "8 answers" => () => model.Decode(8, 24),
                _ => () => model.Prefill(512),
            };
            Func<int, double> theirs = work switch
            {
                "answer" => build => llama!.Decode(build, model.File, threads, 48),
                "8 answers" => build => llama!.DecodeMany(build, model.File, threads, 8, 24),
                _ => build => llama!.Prefill(build, model.File, threads, 512),
            };
            var (rate, peer) = Interleave(llama, ours, theirs, Rounds);
            yield return new Measurement($"{work}, {name}, {model.Runner.Scheme}", "tokens per second", rate, peer, null, RatioGoal: goal);
        }
    }

    /// <summary>Medians of ours and of the peer's better build.</summary>
    public static (double Ours, double? Peer) Interleave(LlamaCpp? llama, Func<double> ours, Func<int, double> theirs, int rounds)
    {
        ours();
        var mine = new List<double>();
        var others = Enumerable.Range(0, llama?.Builds ?? 0).Select(_ => new List<double>()).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            mine.Add(ours());
            for (var build = 0; build < others.Length; build++)
                others[build].Add(theirs(build));
        }
        Console.Error.WriteLine($"ours {Measurement.Text(Median.Of(mine))}, llama.cpp {string.Join(" and ", others.Select(rates => Measurement.Text(Median.Of(rates))))} tokens per second");
        return (Median.Of(mine), others.Length == 0 ? null : others.Max(Median.Of));
    }
}
