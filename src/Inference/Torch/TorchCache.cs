namespace ProofMesh.Inference.Torch;

/// <summary>Keys and values of all sequences, per layer [key-value heads, positions of all blocks, head size].</summary>
internal sealed class TorchCache : IDisposable
{
    private readonly (torch.Tensor Keys, torch.Tensor Values)[] _layers;

    public TorchCache(ModelConfig config, int blocks, torch.ScalarType type, torch.Device device)
    {
        _layers = new (torch.Tensor, torch.Tensor)[config.Layers];
        long[] shape = [config.KeyValueHeads, (long)blocks * BlockPool.Tokens, config.HeadSize];
        // Freed whole when a later layer's doesn't fit.
        using var scope = torch.NewDisposeScope();
        for (var i = 0; i < _layers.Length; i++) _layers[i] = (torch.empty(shape, type, device), torch.empty(shape, type, device));
        foreach (var (keys, values) in _layers) (_, _) = (scope.Detach(keys), scope.Detach(values));
    }

    public static long BytesPerToken(ModelConfig config, WeightFormat format) =>
        2L * config.Layers * config.KeyValueSize * (format == WeightFormat.BFloat16 ? 2 : 4);

    // keys, values: [tokens, key-value heads, head size] → all of the sequence so far: [1, key-value heads, length, head size]
    public (torch.Tensor Keys, torch.Tensor Values) Append(int layer, TorchSpan span, torch.Tensor keys, torch.Tensor values)
    {
        var (allKeys, allValues) = _layers[layer];
        return (Append(allKeys, span, keys), Append(allValues, span, values));
    }

    public void Dispose()
    {
        foreach (var (keys, values) in _layers)
        {
            keys.Dispose();
            values.Dispose();
        }
    }

    // A text in one piece is written and read where it lies; one in pieces is gathered.
    private static torch.Tensor Append(torch.Tensor cache, TorchSpan span, torch.Tensor rows)
    {
        var fresh = rows.transpose(0, 1);
        var past = span.Length - span.Count;
        if (span.Places is null)
        {
            cache.narrow(1, span.First + past, span.Count).copy_(fresh);
            return cache.narrow(1, span.First, span.Length).unsqueeze(0);
        }
        cache.index_copy_(1, span.Places.narrow(0, past, span.Count), fresh);
        return cache.index_select(1, span.Places).unsqueeze(0);
    }
}
