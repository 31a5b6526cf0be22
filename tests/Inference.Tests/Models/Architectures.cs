using System.Text.Json.Nodes;

namespace ProofMesh.Inference.Tests;

/// <summary>One config per thing that Llama-family decoders do differently.</summary>
internal static class Architectures
{
    public static readonly string[] Names =
    [
        "llama", "llama tied", "llama one kv head", "llama odd sizes", "llama biased", "mistral wide heads", "qwen2", "qwen3",
        "linear", "dynamic", "llama3", "yarn", "yarn untruncated",
    ];

    public static JsonObject Config(string name) => name switch
    {
        "llama" => RandomModel.Config("llama"),
        "llama tied" => RandomModel.Config("llama", new() { ["tie_word_embeddings"] = true }),
        "llama one kv head" => RandomModel.Config("llama", new() { ["num_key_value_heads"] = 1 }),
        "llama odd sizes" => RandomModel.Config("llama", new()
        {
            ["hidden_size"] = 75,
            ["num_attention_heads"] = 3,
            ["num_key_value_heads"] = 3,
            ["head_dim"] = 22,
            ["intermediate_size"] = 101,
        }),
        "llama biased" => RandomModel.Config("llama", new() { ["attention_bias"] = true }),
        "mistral wide heads" => RandomModel.Config("mistral", new() { ["head_dim"] = 80, ["sliding_window"] = null }),
        "qwen2" => RandomModel.Config("qwen2", new() { ["tie_word_embeddings"] = true, ["sliding_window"] = 64, ["use_sliding_window"] = false }),
        "qwen3" => RandomModel.Config("qwen3", new() { ["head_dim"] = 40, ["rope_theta"] = 1_000_000.0 }),
        "linear" => Scaled(new() { ["type"] = "linear", ["factor"] = 4.0 }),
        "dynamic" => Scaled(new() { ["type"] = "dynamic", ["factor"] = 2.0 }, 512),
        "llama3" => Scaled(new()
        {
            ["rope_type"] = "llama3",
            ["factor"] = 8.0,
            ["low_freq_factor"] = 1.0,
            ["high_freq_factor"] = 4.0,
            ["original_max_position_embeddings"] = 512,
        }),
        "yarn" => Scaled(new() { ["rope_type"] = "yarn", ["factor"] = 4.0, ["original_max_position_embeddings"] = 1024 }),
        "yarn untruncated" => Scaled(new()
        {
            ["rope_type"] = "yarn",
            ["factor"] = 8.0,
            ["original_max_position_embeddings"] = 512,
            ["truncate"] = false,
            ["mscale"] = 0.7,
            ["mscale_all_dim"] = 1.2,
            ["beta_fast"] = 16.0,
        }),
        _ => throw new ArgumentException(name),
    };

    private static JsonObject Scaled(JsonObject scaling, int positions = 4096) =>
        RandomModel.Config("llama", new() { ["rope_scaling"] = scaling, ["max_position_embeddings"] = positions, ["num_attention_heads"] = 2, ["num_key_value_heads"] = 1 });
}
