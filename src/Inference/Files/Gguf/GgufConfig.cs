using System.Text.Json;
using System.Text.Json.Nodes;

namespace ProofMesh.Inference;

/// <summary>A GGUF file's fields as the config.json and tokenizer_config.json that they came from, read by the same parsers.</summary>
internal static class GgufConfig
{
    public static JsonElement Model(GgufMetadata metadata, Func<string, bool> hasTensor)
    {
        var family = metadata.Text("general.architecture");
        if (hasTensor("rope_freqs.weight"))
            throw new ModelConfigException("The GGUF file holds rotary factors as a tensor (rope_freqs.weight), which is not supported; use the published folder of the model.");
        var config = new JsonObject
        {
            ["model_type"] = family,
            ["vocab_size"] = Vocabulary(metadata),
            ["hidden_size"] = metadata.Integer($"{family}.embedding_length"),
            ["num_hidden_layers"] = metadata.Integer($"{family}.block_count"),
            ["num_attention_heads"] = metadata.Integer($"{family}.attention.head_count"),
            ["num_key_value_heads"] = metadata.Has($"{family}.attention.head_count_kv") ? metadata.Integer($"{family}.attention.head_count_kv") : metadata.Integer($"{family}.attention.head_count"),
            ["head_dim"] = HeadSize(metadata),
            ["intermediate_size"] = metadata.Integer($"{family}.feed_forward_length"),
            ["rms_norm_eps"] = metadata.Number($"{family}.attention.layer_norm_rms_epsilon"),
            ["max_position_embeddings"] = metadata.Integer($"{family}.context_length"),
            ["tie_word_embeddings"] = !hasTensor("lm_head.weight"),
            ["attention_bias"] = hasTensor("model.layers.0.self_attn.q_proj.bias"),
        };
        if (metadata.Has($"{family}.rope.freq_base"))
            config["rope_theta"] = metadata.Number($"{family}.rope.freq_base");
        AddScaling(config, metadata, family);
        AddToken(config, "bos_token_id", metadata, "tokenizer.ggml.bos_token_id");
        AddToken(config, "eos_token_id", metadata, "tokenizer.ggml.eos_token_id");
        return JsonSerializer.SerializeToElement(config);
    }

    public static int HeadSize(GgufMetadata metadata)
    {
        var family = metadata.Text("general.architecture");
        var heads = metadata.Integer($"{family}.attention.head_count");
        var size = metadata.Has($"{family}.attention.key_length") ? metadata.Integer($"{family}.attention.key_length")
            : heads > 0 ? metadata.Integer($"{family}.embedding_length") / heads : 0;
        return size is > 0 and <= 1024 && size % 2 == 0
            ? (int)size
            : throw new ModelConfigException($"The GGUF file states heads of {size}; an even number up to 1024 is expected.");
    }

    /// <summary>The fields of tokenizer_config.json.</summary>
    public static JsonObject Tokens(GgufMetadata metadata)
    {
        var config = new JsonObject { ["chat_template"] = metadata.OptionalText("tokenizer.chat_template") };
        if (!metadata.Has("tokenizer.ggml.tokens"))
            return config;
        var tokens = metadata.Array<string>("tokenizer.ggml.tokens");
        foreach (var name in new[] { "bos", "eos", "unknown", "padding" })
        {
            if (metadata.Has($"tokenizer.ggml.{name}_token_id") && metadata.Integer($"tokenizer.ggml.{name}_token_id") is var id && id >= 0 && id < tokens.Length)
                config[$"{(name == "unknown" ? "unk" : name == "padding" ? "pad" : name)}_token"] = tokens[id];
        }
        return config;
    }

    private static long Vocabulary(GgufMetadata metadata) =>
        metadata.Has("tokenizer.ggml.tokens") ? metadata.Array<string>("tokenizer.ggml.tokens").Length
        : metadata.Integer($"{metadata.Text("general.architecture")}.vocab_size");

    private static void AddScaling(JsonObject config, GgufMetadata metadata, string family)
    {
        if (!metadata.Has($"{family}.rope.scaling.type") || metadata.Text($"{family}.rope.scaling.type") is not (not "none" and var type))
            return;
        var scaling = new JsonObject { ["rope_type"] = type, ["factor"] = metadata.Number($"{family}.rope.scaling.factor") };
        if (metadata.Has($"{family}.rope.scaling.original_context_length"))
            scaling["original_max_position_embeddings"] = metadata.Integer($"{family}.rope.scaling.original_context_length");
        config["rope_scaling"] = scaling;
    }

    private static void AddToken(JsonObject config, string name, GgufMetadata metadata, string field)
    {
        if (metadata.Has(field))
            config[name] = metadata.Integer(field);
    }
}
