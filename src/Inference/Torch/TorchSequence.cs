namespace ProofMesh.Inference.Torch;

/// <summary>Keys and values of one sequence, per layer [1, key-value heads, capacity, head size].</summary>
internal sealed class TorchSequence : Sequence
{
    private readonly (torch.Tensor Keys, torch.Tensor Values)[] _layers;

    public TorchSequence(ModelConfig config, int capacity, torch.ScalarType type, torch.Device device) : base(capacity)
    {
        _layers = new (torch.Tensor, torch.Tensor)[config.Layers];
        long[] shape = [1, config.KeyValueHeads, capacity, config.HeadSize];
        // Freed whole when a later layer's doesn't fit.
        using var scope = torch.NewDisposeScope();
        for (var i = 0; i < _layers.Length; i++) _layers[i] = (torch.empty(shape, type, device), torch.empty(shape, type, device));
        foreach (var (keys, values) in _layers) (_, _) = (scope.Detach(keys), scope.Detach(values));
    }

    // keys, values: [tokens, key-value heads, head size] → all keys and values so far: [1, key-value heads, length, head size]
    public (torch.Tensor Keys, torch.Tensor Values) Append(int layer, torch.Tensor keys, torch.Tensor values)
    {
        var (allKeys, allValues) = _layers[layer];
        var count = keys.size(0);
        allKeys.narrow(2, Length, count).copy_(keys.transpose(0, 1).unsqueeze(0));
        allValues.narrow(2, Length, count).copy_(values.transpose(0, 1).unsqueeze(0));
        return (allKeys.narrow(2, 0, Length + count), allValues.narrow(2, 0, Length + count));
    }

    protected override void Dispose(bool disposing)
    {
        foreach (var (keys, values) in _layers)
        {
            keys.Dispose();
            values.Dispose();
        }
    }
}
