using System.Text.Json.Nodes;
using ProofMesh.Inference.Torch;

namespace ProofMesh.Inference.Tests.Torch;

/// <summary>One random model, to be opened by either backend.</summary>
internal sealed class BothBackends : IDisposable
{
    private readonly RandomModel _files;
    private readonly Checkpoint _checkpoint;
    private readonly ModelWeights _weights;

    public BothBackends(string architecture) : this(Architectures.Config(architecture))
    {
    }

    public BothBackends(JsonObject config, TensorType type = TensorType.F32)
    {
        _files = new RandomModel(config, type, seed: 3);
        Config = ModelConfig.Load(_files.Folder);
        _checkpoint = Checkpoint.Open(_files.Folder);
        _weights = new ModelWeights(_checkpoint, Config);
    }

    public string Folder => _files.Folder;

    public ModelConfig Config { get; }

    public ModelRunner Cpu(int? context = null, int cacheTokens = 0) => new CpuRunner(Config, _weights, WeightFormat.Float32, context ?? Config.MaxPositions, 1, cacheTokens);

    public ModelRunner Torch(WeightFormat format = WeightFormat.Float32, string device = "cpu", int? context = null, bool batchInvariant = false) =>
        new TorchRunner(Config, _weights, format, context ?? Config.MaxPositions, device, 1, batchInvariant: batchInvariant);

    public int[] Tokens(int count, int seed = 7)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(Config.Vocabulary))];
    }

    public void Dispose()
    {
        _checkpoint.Dispose();
        _files.Dispose();
    }
}
