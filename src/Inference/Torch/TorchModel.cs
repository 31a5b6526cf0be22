namespace ProofMesh.Inference.Torch;

/// <summary>All weights of a model on their device.</summary>
/// <remarks>
/// Norms and the head are float32 in either format: a head that answered in bfloat16 would round the logits to three
/// digits, and the best token would be decided by ties.
/// </remarks>
internal sealed class TorchModel : IDisposable
{
    private readonly List<TorchLayer> _layers = [];

    public TorchModel(ModelConfig config, ModelWeights weights, WeightFormat format, torch.Device device)
    {
        // Freed whole when a later tensor fails to load.
        using var scope = torch.NewDisposeScope();
        Type = format == WeightFormat.BFloat16 ? torch.bfloat16 : torch.float32;
        Device = device;
        var loader = new WeightLoader(Type, device);
        Embedding = loader.Load(weights.Embedding);
        Head = config.TiedHead && Type == torch.float32 ? Embedding : loader.Load(weights.Head, torch.float32);
        FinalNorm = loader.Load(weights.FinalNorm, torch.float32);
        foreach (var layer in weights.Layers) _layers.Add(new TorchLayer(config, layer, loader));
        foreach (var tensor in Tensors) scope.Detach(tensor);
    }

    /// <summary>What the weights of such a model take on their device.</summary>
    public static long BytesOf(ModelConfig config, WeightFormat format)
    {
        var (number, table) = (format == WeightFormat.BFloat16 ? 2L : 4L, (long)config.Vocabulary * config.Hidden);
        var head = config.TiedHead && format == WeightFormat.Float32 ? 0 : table * sizeof(float);
        var layer = (long)config.Hidden * (2 * config.QuerySize + 2 * config.KeyValueSize + 3L * config.Intermediate);
        return table * number + head + config.Layers * layer * number;
    }

    /// <summary>What the projections and the cache are in; everything else is float32.</summary>
    public torch.ScalarType Type { get; }

    public torch.Device Device { get; }

    /// <summary>[vocabulary, hidden].</summary>
    public torch.Tensor Embedding { get; }

    /// <summary>[vocabulary, hidden].</summary>
    public torch.Tensor Head { get; }

    public torch.Tensor FinalNorm { get; }

    public IReadOnlyList<TorchLayer> Layers => _layers;

    public void Dispose()
    {
        foreach (var tensor in Tensors) tensor.Dispose();
    }

    private IEnumerable<torch.Tensor> Tensors => [Embedding, Head, FinalNorm, .. _layers.SelectMany(l => l.Tensors)];
}
