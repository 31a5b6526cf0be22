using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ProofMesh.Inference.Tests;

/// <summary>A tiny model folder as Hugging Face publishes them, with random weights.</summary>
internal sealed class RandomModel : IDisposable
{
    public RandomModel(JsonObject config, TensorType type = TensorType.F32, int seed = 1, string? tokenizer = null)
    {
        Folder = Directory.CreateTempSubdirectory("random-model-").FullName;
        File.WriteAllText(Path.Combine(Folder, "config.json"), config.ToJsonString());
        if (tokenizer is not null)
            File.WriteAllText(Path.Combine(Folder, "tokenizer.json"), tokenizer);
        WriteWeights(ModelConfig.Load(Folder), type, new Random(seed));
    }

    public string Folder { get; }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>A config with small defaults; extra fields replace them.</summary>
    public static JsonObject Config(string family, JsonObject? extra = null)
    {
        var config = new JsonObject
        {
            ["model_type"] = family,
            ["vocab_size"] = 131,
            ["hidden_size"] = 64,
            ["num_hidden_layers"] = 2,
            ["num_attention_heads"] = 4,
            ["num_key_value_heads"] = 2,
            ["intermediate_size"] = 96,
            ["rms_norm_eps"] = 1e-5,
            ["rope_theta"] = 10000.0,
            ["max_position_embeddings"] = 4096,
            ["tie_word_embeddings"] = false,
        };
        foreach (var (name, value) in extra ?? [])
            config[name] = value?.DeepClone();
        return config;
    }

    private void WriteWeights(ModelConfig config, TensorType type, Random random)
    {
        var header = new JsonObject();
        using var data = new MemoryStream();
        foreach (var (name, shape) in Tensors(config))
        {
            var start = data.Length;
            var norm = name.Contains("norm", StringComparison.Ordinal);
            for (var i = shape.Aggregate(1L, (a, b) => a * b); i > 0; i--)
                WriteValue(data, type, Gauss(random) * (norm ? 0.1 : Spread(shape)) + (norm ? 1 : 0));
            header[name] = new JsonObject
            {
                ["dtype"] = type.ToString(),
                ["shape"] = JsonSerializer.SerializeToNode(shape),
                ["data_offsets"] = new JsonArray(start, data.Length),
            };
        }
        var json = JsonSerializer.SerializeToUtf8Bytes(header);
        using var file = File.Create(Path.Combine(Folder, "model.safetensors"));
        file.Write(BitConverter.GetBytes((ulong)json.Length));
        file.Write(json);
        data.WriteTo(file);
    }

    // Wide enough that attention is far from uniform and logits differ.
    private static double Spread(long[] shape) => shape.Length == 1 ? 0.3 : 1.5 / Math.Sqrt(shape[1]);

    private static double Gauss(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static void WriteValue(Stream target, TensorType type, double value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, (float)value);
        switch (type)
        {
            case TensorType.F32: target.Write(bytes); break;
            case TensorType.BF16: target.Write(bytes[2..]); break;
            default: target.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<Half>([(Half)value]))); break;
        }
    }

    /// <summary>The names and shapes that a checkpoint of this config has.</summary>
    public static IEnumerable<(string Name, long[] Shape)> Tensors(ModelConfig c)
    {
        yield return ("model.embed_tokens.weight", [c.Vocabulary, c.Hidden]);
        yield return ("model.norm.weight", [c.Hidden]);
        if (!c.TiedHead)
            yield return ("lm_head.weight", [c.Vocabulary, c.Hidden]);
        for (var layer = 0; layer < c.Layers; layer++)
        {
            foreach (var (name, shape) in LayerTensors(c))
                yield return ($"model.layers.{layer}.{name}", shape);
        }
    }

    private static IEnumerable<(string Name, long[] Shape)> LayerTensors(ModelConfig c)
    {
        yield return ("input_layernorm.weight", [c.Hidden]);
        yield return ("post_attention_layernorm.weight", [c.Hidden]);
        yield return ("self_attn.q_proj.weight", [c.QuerySize, c.Hidden]);
        yield return ("self_attn.k_proj.weight", [c.KeyValueSize, c.Hidden]);
        yield return ("self_attn.v_proj.weight", [c.KeyValueSize, c.Hidden]);
        yield return ("self_attn.o_proj.weight", [c.Hidden, c.QuerySize]);
        yield return ("mlp.gate_proj.weight", [c.Intermediate, c.Hidden]);
        yield return ("mlp.up_proj.weight", [c.Intermediate, c.Hidden]);
        yield return ("mlp.down_proj.weight", [c.Hidden, c.Intermediate]);
        if (c.QueryKeyValueBias)
        {
            yield return ("self_attn.q_proj.bias", [c.QuerySize]);
            yield return ("self_attn.k_proj.bias", [c.KeyValueSize]);
            yield return ("self_attn.v_proj.bias", [c.KeyValueSize]);
        }
        if (c.OutputBias)
            yield return ("self_attn.o_proj.bias", [c.Hidden]);
        if (c.QueryKeyNorm)
        {
            yield return ("self_attn.q_norm.weight", [c.HeadSize]);
            yield return ("self_attn.k_norm.weight", [c.HeadSize]);
        }
    }
}
