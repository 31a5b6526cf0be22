namespace ProofMesh.Inference.Torch;

/// <summary>The weights of one decoder layer on their device.</summary>
internal sealed class TorchLayer
{
    public TorchLayer(ModelConfig config, LayerWeights weights, WeightLoader loader)
    {
        InputNorm = loader.Load(weights.InputNorm, torch.float32);
        QueryKeyValue = loader.Join(weights.Query, weights.Key, weights.Value);
        QueryKeyValueBias = config.QueryKeyValueBias ? loader.Join(weights.QueryBias!, weights.KeyBias!, weights.ValueBias!) : null;
        QueryKeyNorm = config.QueryKeyNorm ? JoinNorms(config, weights, loader) : null;
        Output = loader.Load(weights.Output);
        OutputBias = loader.LoadOptional(weights.OutputBias);
        PostNorm = loader.Load(weights.PostNorm, torch.float32);
        GateUp = loader.Join(weights.Gate, weights.Up);
        Down = loader.Load(weights.Down);
    }

    public torch.Tensor InputNorm { get; }

    /// <summary>[query size + 2 · key-value size, hidden].</summary>
    public torch.Tensor QueryKeyValue { get; }

    public torch.Tensor? QueryKeyValueBias { get; }

    /// <summary>[heads + key-value heads, head size]: the query's norm for its heads, then the key's for its.</summary>
    public torch.Tensor? QueryKeyNorm { get; }

    public torch.Tensor Output { get; }

    public torch.Tensor? OutputBias { get; }

    public torch.Tensor PostNorm { get; }

    /// <summary>[2 · intermediate, hidden].</summary>
    public torch.Tensor GateUp { get; }

    public torch.Tensor Down { get; }

    public IEnumerable<torch.Tensor> Tensors =>
        new[] { InputNorm, QueryKeyValue, QueryKeyValueBias, QueryKeyNorm, Output, OutputBias, PostNorm, GateUp, Down }.OfType<torch.Tensor>();

    private static torch.Tensor JoinNorms(ModelConfig config, LayerWeights weights, WeightLoader loader)
    {
        using var scope = torch.NewDisposeScope();
        var query = loader.Load(weights.QueryNorm!, torch.float32);
        var key = loader.Load(weights.KeyNorm!, torch.float32);
        List<torch.Tensor> both = [query.expand(config.Heads, config.HeadSize), key.expand(config.KeyValueHeads, config.HeadSize)];
        return scope.MoveToOuter(torch.cat(both));
    }
}
