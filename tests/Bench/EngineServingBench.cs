using ProofMesh.Inference;
using ProofMesh.Testing;

namespace ProofMesh.Bench;

/// <summary>What many customers, long texts and repeated beginnings cost.</summary>
internal static class EngineServingBench
{
    public static Task<Report> Run()
    {
        var threads = Math.Min(2, Environment.ProcessorCount);
        var llama = LlamaCpp.Find();
        using var model = new BenchModel("smollm2-135m", GgufShape.Small, RandomGguf.Q8, WeightFormat.Int8, threads, 4200, 16);
        model.Decode(1, 8);
        var rounds = Enumerable.Range(0, 3).Select(_ => (One: model.Decode(1, 48), Many: model.Decode(16, 16), Late: model.Decode(1, 48, 4000))).ToArray();
        var (one, many, late) = (Median.Of(rounds, r => r.One), Median.Of(rounds, r => r.Many), Median.Of(rounds, r => r.Late));
        double? lateRatio = llama is null ? null : Enumerable.Range(0, llama.Builds).Max(build => llama.Decode(build, model.File, threads, 32, 4000) / llama.Decode(build, model.File, threads, 32));
        return Task.FromResult(new Report(
            $"Random weights at the shape of SmolLM2-135M in 8 bits, {threads} threads, through the model runner without sampling; medians of 3 rounds.",
            EngineBench.PeerName(llama),
            [
                new("decode at position 4000 against position 0", "times", late / one, lateRatio, 0.7),
                new("engine-serving", "times the tokens of one answer, 16 at once", many / one, null, 6),
            ]));
    }
}
