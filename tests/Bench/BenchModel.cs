using System.Diagnostics;
using ProofMesh.Inference;
using ProofMesh.Testing;

namespace ProofMesh.Bench;

/// <summary>A model of a true shape with random weights, once as a file that others read too and once in our runner.</summary>
internal sealed class BenchModel : IDisposable
{
    private readonly Checkpoint _checkpoint;
    private readonly float[] _logits;

    public BenchModel(string name, GgufShape shape, uint type, WeightFormat format, int threads, int context, int answers = 1)
    {
        File = PathOf(name, shape, type);
        var config = ModelConfig.Load(File);
        _checkpoint = Checkpoint.Open(File);
        Runner = new CpuRunner(config, new ModelWeights(_checkpoint, config), format, context, threads, answers * context + 64 * answers);
        _logits = new float[answers * config.Vocabulary];
    }

    public string File { get; }

    public ModelRunner Runner { get; }

    /// <summary>Written on first use.</summary>
    public static string PathOf(string name, GgufShape shape, uint type)
    {
        var path = Path.Combine(Environment.CurrentDirectory, ".cache/models", $"{name}-{type}.gguf");
        if (System.IO.File.Exists(path))
            return path;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        RandomGguf.Write(path + ".new", shape, type);
        System.IO.File.Move(path + ".new", path, overwrite: true);
        return path;
    }

    /// <summary>Tokens per second.</summary>
    public double Prefill(int tokens)
    {
        using var sequence = Runner.Open(tokens);
        var clock = Stopwatch.StartNew();
        Step(sequence, tokens);
        return tokens / clock.Elapsed.TotalSeconds;
    }

    /// <summary>Tokens per second of some answers together, each after as many tokens as depth says.</summary>
    public double Decode(int answers, int tokens, int depth = 1)
    {
        var sequences = Enumerable.Range(0, answers).Select(_ => Runner.Open(depth + tokens + 1)).ToArray();
        foreach (var sequence in sequences)
            for (var left = depth; left > 0; left -= 512) Step(sequence, Math.Min(left, 512));
        var batch = new SequenceStep[answers];
        int[] token = [7];
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < tokens; i++)
        {
            for (var s = 0; s < answers; s++)
                batch[s] = new SequenceStep(sequences[s], token, 1);
            Reserve(sequences, 1);
            Runner.Forward(batch, _logits);
        }
        var rate = answers * tokens / clock.Elapsed.TotalSeconds;
        Array.ForEach(sequences, s => s.Dispose());
        return rate;
    }

    public void Dispose()
    {
        Runner.Dispose();
        _checkpoint.Dispose();
    }

    private void Step(Sequence sequence, int tokens)
    {
        Reserve([sequence], tokens);
        var text = Enumerable.Range(0, tokens).Select(i => i * 7919 % Runner.Config.Vocabulary).ToArray();
        Runner.Forward([new SequenceStep(sequence, text, 1)], _logits);
    }

    private static void Reserve(Sequence[] sequences, int tokens)
    {
        foreach (var sequence in sequences)
            if (!sequence.TryReserve(tokens)) throw new InvalidOperationException("The cache is too small.");
    }
}
