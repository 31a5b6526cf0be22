namespace ProofMesh.Inference;

/// <summary>The tensors of one decoder layer, by role. Projections are [out, in] as published: y = W·x (+ bias).</summary>
public sealed record LayerWeights
{
    public required TensorView InputNorm { get; init; }

    public required TensorView Query { get; init; }

    public required TensorView Key { get; init; }

    public required TensorView Value { get; init; }

    public required TensorView Output { get; init; }

    public TensorView? QueryBias { get; init; }

    public TensorView? KeyBias { get; init; }

    public TensorView? ValueBias { get; init; }

    public TensorView? OutputBias { get; init; }

    /// <summary>[head size], Qwen3.</summary>
    public TensorView? QueryNorm { get; init; }

    /// <summary>[head size], Qwen3.</summary>
    public TensorView? KeyNorm { get; init; }

    public required TensorView PostNorm { get; init; }

    public required TensorView Gate { get; init; }

    public required TensorView Up { get; init; }

    public required TensorView Down { get; init; }
}

/// <summary>A checkpoint seen as a Llama-family decoder: every tensor found, its shape checked against the config.</summary>
public sealed class ModelWeights
{
    private readonly Checkpoint _checkpoint;
    private readonly ModelConfig _config;

    /// <exception cref="CheckpointException">A tensor is missing, has another shape or isn't of floating point.</exception>
    public ModelWeights(Checkpoint checkpoint, ModelConfig config)
    {
        (_checkpoint, _config) = (checkpoint, config);
        Embedding = Find("model.embed_tokens.weight", config.Vocabulary, config.Hidden);
        Head = config.TiedHead ? Embedding : Find("lm_head.weight", config.Vocabulary, config.Hidden);
        FinalNorm = Find("model.norm.weight", config.Hidden);
        Layers = [.. Enumerable.Range(0, config.Layers).Select(ReadLayer)];
    }

    /// <summary>[vocabulary, hidden].</summary>
    public TensorView Embedding { get; }

    /// <summary>[vocabulary, hidden]; the embedding itself when they are tied.</summary>
    public TensorView Head { get; }

    public TensorView FinalNorm { get; }

    public IReadOnlyList<LayerWeights> Layers { get; }

    private LayerWeights ReadLayer(int index)
    {
        var (c, at) = (_config, $"model.layers.{index}.");
        TensorView? When(bool wanted, string name, int size) => wanted ? Find(at + name, size) : null;
        return new LayerWeights
        {
            InputNorm = Find(at + "input_layernorm.weight", c.Hidden),
            Query = Find(at + "self_attn.q_proj.weight", c.QuerySize, c.Hidden),
            Key = Find(at + "self_attn.k_proj.weight", c.KeyValueSize, c.Hidden),
            Value = Find(at + "self_attn.v_proj.weight", c.KeyValueSize, c.Hidden),
            Output = Find(at + "self_attn.o_proj.weight", c.Hidden, c.QuerySize),
            QueryBias = When(c.QueryKeyValueBias, "self_attn.q_proj.bias", c.QuerySize),
            KeyBias = When(c.QueryKeyValueBias, "self_attn.k_proj.bias", c.KeyValueSize),
            ValueBias = When(c.QueryKeyValueBias, "self_attn.v_proj.bias", c.KeyValueSize),
            OutputBias = When(c.OutputBias, "self_attn.o_proj.bias", c.Hidden),
            QueryNorm = When(c.QueryKeyNorm, "self_attn.q_norm.weight", c.HeadSize),
            KeyNorm = When(c.QueryKeyNorm, "self_attn.k_norm.weight", c.HeadSize),
            PostNorm = Find(at + "post_attention_layernorm.weight", c.Hidden),
            Gate = Find(at + "mlp.gate_proj.weight", c.Intermediate, c.Hidden),
            Up = Find(at + "mlp.up_proj.weight", c.Intermediate, c.Hidden),
            Down = Find(at + "mlp.down_proj.weight", c.Hidden, c.Intermediate),
        };
    }

    private TensorView Find(string name, params ReadOnlySpan<long> shape)
    {
        var tensor = _checkpoint[name];
        if (!tensor.Shape.SequenceEqual(shape.ToArray()))
            throw new CheckpointException($"Tensor '{name}' has shape [{string.Join(", ", tensor.Shape)}]; the config says [{string.Join(", ", shape.ToArray())}].");
        return tensor.Type is TensorType.F32 or TensorType.F16 or TensorType.BF16 or TensorType.Q8_0 or TensorType.Q4_0
            ? tensor
            : throw new CheckpointException($"Tensor '{name}' holds {tensor.Type}; F32, F16, BF16, Q8_0 and Q4_0 are weights.");
    }
}
