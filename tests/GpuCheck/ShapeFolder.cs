using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using ProofMesh.Inference;
using ProofMesh.Inference.Tests;

namespace ProofMesh.GpuCheck;

/// <summary>A model folder of a published shape with random bfloat16 weights: as fast or slow as the real one.</summary>
internal sealed class ShapeFolder : IDisposable
{
    private const int BlockBytes = 64 << 20;

    public ShapeFolder(JsonObject config)
    {
        Folder = Directory.CreateTempSubdirectory("shape-").FullName;
        File.WriteAllText(Path.Combine(Folder, "config.json"), config.ToJsonString());
        Write(ModelConfig.Load(Folder));
    }

    public string Folder { get; }

    /// <summary>Llama 3.2 1B: 1.24 billion parameters.</summary>
    public static JsonObject OneBillion => Llama(hidden: 2048, layers: 16, heads: 32, intermediate: 8192, tied: true);

    /// <summary>Llama 3.1 8B: 8.03 billion parameters.</summary>
    public static JsonObject EightBillion => Llama(hidden: 4096, layers: 32, heads: 32, intermediate: 14336, tied: false);

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static JsonObject Llama(int hidden, int layers, int heads, int intermediate, bool tied) => new()
    {
        ["model_type"] = "llama",
        ["vocab_size"] = 128_256,
        ["hidden_size"] = hidden,
        ["num_hidden_layers"] = layers,
        ["num_attention_heads"] = heads,
        ["num_key_value_heads"] = 8,
        ["intermediate_size"] = intermediate,
        ["rms_norm_eps"] = 1e-5,
        ["rope_theta"] = 500_000.0,
        ["max_position_embeddings"] = 8192,
        ["tie_word_embeddings"] = tied,
    };

    private void Write(ModelConfig config)
    {
        var header = new JsonObject();
        var end = 0L;
        foreach (var (name, shape) in RandomModel.Tensors(config))
        {
            var start = end;
            end += shape.Aggregate(2L, (bytes, size) => bytes * size);
            header[name] = new JsonObject { ["dtype"] = "BF16", ["shape"] = JsonSerializer.SerializeToNode(shape), ["data_offsets"] = new JsonArray(start, end) };
        }
        var json = JsonSerializer.SerializeToUtf8Bytes(header);
        using var file = File.Create(Path.Combine(Folder, "model.safetensors"));
        file.Write(BitConverter.GetBytes((ulong)json.Length));
        file.Write(json);
        Fill(file, end);
    }

    // One block of random values over and over: a device's speed depends on how many bits toggle, not on which.
    private static void Fill(FileStream file, long bytes)
    {
        var block = new ushort[BlockBytes / sizeof(ushort)];
        var random = new Random(1);
        for (var i = 0; i < block.Length; i++) block[i] = (ushort)(BitConverter.SingleToUInt32Bits((random.NextSingle() - 0.5f) * 0.05f) >> 16);
        for (var left = bytes; left > 0; left -= BlockBytes)
        {
            file.Write(MemoryMarshal.AsBytes(block.AsSpan())[..(int)Math.Min(left, BlockBytes)]);
            Console.Error.Write(string.Create(CultureInfo.InvariantCulture, $"\rwriting {(bytes - left) / 1e9:0.0} of {bytes / 1e9:0.0} GB "));
        }
        Console.Error.WriteLine();
    }
}
