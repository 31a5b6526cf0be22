using System.Text.Json.Nodes;

namespace ProofMesh.Inference.Tests;

/// <summary>A random model on the processor, with what tests ask of a runner.</summary>
internal sealed class LoadedModel : IDisposable
{
    private readonly RandomModel _files;
    private readonly Checkpoint _checkpoint;

    public LoadedModel(JsonObject config, WeightFormat format = WeightFormat.Float32, int threads = 1, TensorType type = TensorType.F32)
    {
        _files = new RandomModel(config, type);
        _checkpoint = Checkpoint.Open(_files.Folder);
        var parsed = ModelConfig.Load(_files.Folder);
        Runner = new CpuRunner(parsed, new ModelWeights(_checkpoint, parsed), format, parsed.MaxPositions, threads);
    }

    public string Folder => _files.Folder;

    public ModelRunner Runner { get; }

    public int[] RandomTokens(int count, int seed = 7)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(Runner.Config.Vocabulary))];
    }

    /// <summary>Logits of the last rows of a text that is computed in pieces of these lengths.</summary>
    public float[] Logits(int[] tokens, int rows, params int[] pieces)
    {
        using var sequence = Runner.Open(tokens.Length);
        var logits = new List<float>();
        var at = 0;
        foreach (var piece in pieces.Length == 0 ? [tokens.Length] : pieces)
        {
            var wanted = Math.Clamp(at + piece - (tokens.Length - rows), 0, piece);
            var part = new float[wanted * Runner.Config.Vocabulary];
            Runner.Forward([new SequenceStep(sequence, tokens.AsMemory(at, piece), wanted)], part);
            logits.AddRange(part);
            at += piece;
        }
        return [.. logits];
    }

    public void Dispose()
    {
        Runner.Dispose();
        _checkpoint.Dispose();
        _files.Dispose();
    }
}
