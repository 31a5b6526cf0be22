namespace ProofMesh.Inference.Tests.Torch;

/// <summary>Fields of config.json, one case per family and per way to scale positions.</summary>
internal static class Architectures
{
    public const string Llama = "\"model_type\": \"llama\"";

    public static TheoryData<string, string> All => new()
    {
        { "Llama", Llama },
        { "Llama with biases", Llama + ", \"attention_bias\": true" },
        { "Mistral", "\"model_type\": \"mistral\", \"rope_theta\": 1000000.0" },
        { "Qwen2", "\"model_type\": \"qwen2\", \"rope_theta\": 1000000.0" },
        { "Qwen3", "\"model_type\": \"qwen3\", \"rope_theta\": 1000000.0" },
        { "linear", Llama + ", \"rope_scaling\": {\"type\": \"linear\", \"factor\": 4.0}" },
        { "dynamic", Llama + ", \"max_position_embeddings\": 64, \"rope_scaling\": {\"type\": \"dynamic\", \"factor\": 4.0}" },
        { "llama3", Llama + ", \"rope_scaling\": {\"rope_type\": \"llama3\", \"factor\": 8.0, \"low_freq_factor\": 1.0, \"high_freq_factor\": 4.0, \"original_max_position_embeddings\": 64}" },
        { "yarn", Llama + ", \"rope_scaling\": {\"rope_type\": \"yarn\", \"factor\": 4.0, \"original_max_position_embeddings\": 128}" },
    };
}
