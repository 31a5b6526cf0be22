using System.Buffers.Binary;
using System.Text.Json;

namespace ProofMesh.Inference.Tests.Torch;

/// <summary>A model folder with random weights, as Hugging Face lays them out, and both backends over it.</summary>
internal sealed class RandomModel : IDisposable
{
    private readonly CheckpointFolder _folder = new();
    private readonly Checkpoint _checkpoint;

    /// <param name="json">The fields of config.json beside the shape.</param>
    public RandomModel(string json, string type = "F32", int seed = 1, bool tied = false, int headSize = 16)
    {
        _folder.WriteText("config.json", $$"""
            {"vocab_size": 101, "hidden_size": 48, "intermediate_size": 80, "num_hidden_layers": 3, "num_attention_heads": 6,
             "num_key_value_heads": 2, "head_dim": {{headSize}}, "rms_norm_eps": 1e-5, "tie_word_embeddings": {{(tied ? "true" : "false")}},
             "max_position_embeddings": 512, {{json}} }
            """);
        Config = ModelConfig.Load(_folder.Path);
        _folder.WriteRaw("model.safetensors", Weights(Config, type, new Random(seed)));
        _checkpoint = Checkpoint.Open(_folder.Path);
        Weighing = new ModelWeights(_checkpoint, Config);
    }

    public string Path => _folder.Path;

    public ModelConfig Config { get; }

    public ModelWeights Weighing { get; }

    public ModelRunner Cpu(int context = 512) => new CpuRunner(Config, Weighing, WeightFormat.Float32, context, 1);

    public ModelRunner Torch(WeightFormat format = WeightFormat.Float32, int context = 512, string device = "cpu") =>
        new Inference.Torch.TorchRunner(Config, Weighing, format, context, device, 1);

    public int[] Tokens(int count, int seed = 7)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(Config.Vocabulary))];
    }

    public void Dispose()
    {
        _checkpoint.Dispose();
        _folder.Dispose();
    }

    private static byte[] Weights(ModelConfig config, string type, Random random)
    {
        var size = type == "F32" ? 4 : 2;
        var header = new Dictionary<string, object>();
        using var data = new MemoryStream();
        foreach (var (name, shape) in Shapes(config))
        {
            var count = shape.Aggregate(1L, (a, b) => a * b);
            header[name] = new { dtype = type, shape, data_offsets = new[] { data.Position, data.Position + count * size } };
            for (var i = 0L; i < count; i++) Write(data, type, Draw(name, shape, random));
        }
        var json = JsonSerializer.SerializeToUtf8Bytes(header);
        var file = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(file, json.Length);
        return [.. file, .. json, .. data.ToArray()];
    }

    private static IEnumerable<(string Name, long[] Shape)> Shapes(ModelConfig c)
    {
        yield return ("model.embed_tokens.weight", [c.Vocabulary, c.Hidden]);
        yield return ("model.norm.weight", [c.Hidden]);
        if (!c.TiedHead) yield return ("lm_head.weight", [c.Vocabulary, c.Hidden]);
        for (var i = 0; i < c.Layers; i++)
            foreach (var (name, shape) in LayerShapes(c)) yield return ($"model.layers.{i}.{name}", shape);
    }

    private static IEnumerable<(string Name, long[] Shape)> LayerShapes(ModelConfig c)
    {
        foreach (var norm in new[] { "input_layernorm", "post_attention_layernorm" }) yield return (norm + ".weight", [c.Hidden]);
        foreach (var (name, rows) in new[] { ("q_proj", c.QuerySize), ("k_proj", c.KeyValueSize), ("v_proj", c.KeyValueSize) })
        {
            yield return ($"self_attn.{name}.weight", [rows, c.Hidden]);
            if (c.QueryKeyValueBias) yield return ($"self_attn.{name}.bias", [rows]);
        }
        yield return ("self_attn.o_proj.weight", [c.Hidden, c.QuerySize]);
        if (c.OutputBias) yield return ("self_attn.o_proj.bias", [c.Hidden]);
        if (c.QueryKeyNorm)
            foreach (var norm in new[] { "q_norm", "k_norm" }) yield return ($"self_attn.{norm}.weight", [c.HeadSize]);
        foreach (var name in new[] { "gate_proj", "up_proj" }) yield return ($"mlp.{name}.weight", [c.Intermediate, c.Hidden]);
        yield return ("mlp.down_proj.weight", [c.Hidden, c.Intermediate]);
    }

    // Scaled so that every layer matters and no logit saturates.
    private static float Draw(string name, long[] shape, Random random)
    {
        var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        var value = name.Contains("norm", StringComparison.Ordinal) ? 1 + 0.2 * normal
            : shape.Length == 1 ? 0.5 * normal
            : name.Contains("embed", StringComparison.Ordinal) ? normal
            : normal * 1.5 / Math.Sqrt(shape[1]);
        return (float)value;
    }

    private static void Write(MemoryStream data, string type, float value)
    {
        Span<byte> bytes = stackalloc byte[4];
        switch (type)
        {
            case "F32": BinaryPrimitives.WriteSingleLittleEndian(bytes, value); break;
            case "F16": BinaryPrimitives.WriteHalfLittleEndian(bytes, (Half)value); break;
            default: BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16)); break;
        }
        data.Write(bytes[..(type == "F32" ? 4 : 2)]);
    }
}
