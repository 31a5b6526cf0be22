using ProofMesh.Inference;
using ProofMesh.Inference.Tests;
using ProofMesh.Inference.Torch;

namespace ProofMesh.GpuCheck;

/// <summary>The logits of a device against our own kernels in float32, for every kind of architecture.</summary>
internal static class Agreement
{
    private const int Length = 300;

    // In standard deviations of the logits, root mean square. bfloat16 has less than three digits.
    private static readonly (WeightFormat Format, double Tolerance)[] Formats = [(WeightFormat.Float32, 5e-5), (WeightFormat.BFloat16, 0.06)];

    /// <returns>Whether all agree; each architecture gets a line.</returns>
    public static bool Check(string device)
    {
        var all = true;
        foreach (var name in Architectures.Names)
        {
            using var files = new RandomModel(Architectures.Config(name), seed: 3);
            using var checkpoint = Checkpoint.Open(files.Folder);
            var config = ModelConfig.Load(files.Folder);
            var weights = new ModelWeights(checkpoint, config);
            using var cpu = new CpuRunner(config, weights, WeightFormat.Float32, Length, 1);
            foreach (var (format, tolerance) in Formats)
            {
                using var runner = new TorchRunner(config, weights, format, Length, device, 1);
                var (prompt, tokens, batch) = (Apart(cpu, runner, Length), Apart(cpu, runner, 1), Together(cpu, runner));
                // NaN is no agreement either.
                var good = prompt <= tolerance && tokens <= tolerance && batch <= tolerance;
                Console.WriteLine($"{(good ? "ok  " : "BAD ")} {name}, {runner.Scheme}: logits are off by {prompt:E1} (prompt), {tokens:E1} (token by token), {batch:E1} (three at a time) deviations; {tolerance:E1} is accepted");
                all &= good;
            }
        }
        return all;
    }

    private static double Apart(ModelRunner expected, ModelRunner actual, int piece) => Distance(Logits(expected, piece), Logits(actual, piece));

    private static float[] Logits(ModelRunner runner, int piece)
    {
        var tokens = Tokens(runner, Length, 1);
        using var sequence = runner.Open(Length);
        var logits = new float[Length * runner.Config.Vocabulary];
        for (var at = 0; at < Length; at += piece)
            runner.Forward([new SequenceStep(sequence, tokens.AsMemory(at, piece), piece)], logits.AsSpan(at * runner.Config.Vocabulary));
        return logits;
    }

    // Texts of different lengths, in one step: each at another position, and one still reading.
    private static double Together(ModelRunner expected, ModelRunner actual)
    {
        float[] Last(ModelRunner runner)
        {
            int[] lengths = [3, 40, 161];
            var sequences = lengths.Select(_ => runner.Open(Length)).ToArray();
            var logits = new float[lengths.Length * runner.Config.Vocabulary];
            for (var i = 0; i < lengths.Length; i++)
                runner.Forward([new SequenceStep(sequences[i], Tokens(runner, lengths[i], i), 0)], []);
            runner.Forward([.. sequences.Select((s, i) => new SequenceStep(s, Tokens(runner, 1 + (i * 20), i + 9), 1))], logits);
            foreach (var sequence in sequences) sequence.Dispose();
            return logits;
        }
        return Distance(Last(expected), Last(actual));
    }

    private static double Distance(float[] expected, float[] actual)
    {
        var mean = expected.Average(v => (double)v);
        var deviation = Math.Sqrt(expected.Average(v => (v - mean) * (v - mean)));
        return Math.Sqrt(expected.Zip(actual, (e, a) => ((double)e - a) * ((double)e - a)).Average()) / deviation;
    }

    private static int[] Tokens(ModelRunner runner, int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(runner.Config.Vocabulary))];
    }
}
