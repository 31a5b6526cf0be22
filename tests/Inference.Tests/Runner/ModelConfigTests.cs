using System.Text.Json;
using System.Text.Json.Nodes;

namespace ProofMesh.Inference.Tests;

public sealed class ModelConfigTests
{
    /// <summary>Field and JSON value that must be refused; the message names the field.</summary>
    public static TheoryData<string, string> Hostile => new()
    {
        { "model_type", "\"gpt2\"" },
        { "model_type", "7" },
        { "vocab_size", "0" },
        { "vocab_size", "1e99" },
        { "vocab_size", "2097153" },
        { "vocab_size", "12.5" },
        { "hidden_size", "-64" },
        { "hidden_size", "\"64\"" },
        { "hidden_size", "65" },
        { "num_hidden_layers", "2147483647" },
        { "num_attention_heads", "0" },
        { "num_attention_heads", "3" },
        { "num_key_value_heads", "3" },
        { "head_dim", "7" },
        { "head_dim", "1000000" },
        { "intermediate_size", "0" },
        { "rms_norm_eps", "0" },
        { "rms_norm_eps", "-1" },
        { "rope_theta", "0" },
        { "rope_theta", "1e300" },
        { "max_position_embeddings", "0" },
        { "max_position_embeddings", "999999999" },
        { "tie_word_embeddings", "1" },
        { "hidden_act", "\"gelu\"" },
        { "mlp_bias", "true" },
        { "partial_rotary_factor", "0.5" },
        { "quantization_config", "{\"bits\":4}" },
        { "eos_token_id", "131" },
        { "eos_token_id", "[1, -1]" },
        { "sliding_window", "0" },
        { "rope_scaling", "3" },
        { "rope", "{\"type\":\"longrope\"}" },
        { "factor", "{\"type\":\"linear\",\"factor\":0}" },
        { "factor", "{\"type\":\"linear\"}" },
        { "factor", "{\"type\":\"yarn\",\"factor\":\"NaN\"}" },
        { "original_max_position_embeddings", "{\"rope_type\":\"yarn\",\"factor\":2,\"original_max_position_embeddings\":0}" },
        { "high_freq_factor", "{\"rope_type\":\"llama3\",\"factor\":2,\"low_freq_factor\":4,\"high_freq_factor\":4}" },
        { "attention_factor", "{\"rope_type\":\"yarn\",\"factor\":2,\"attention_factor\":0}" },
    };

    [Theory, MemberData(nameof(Hostile))]
    public void A_value_that_is_not_understood_is_refused_by_name(string field, string value)
    {
        var extra = JsonNode.Parse(value);
        var inRope = extra is JsonObject && field != "quantization_config";
        var config = RandomModel.Config("llama", new() { [inRope ? "rope_scaling" : field] = extra });
        var fault = Assert.Throws<ModelConfigException>(() => Parse(config));
        Assert.Contains(field, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vocab_size")]
    [InlineData("hidden_size")]
    [InlineData("num_hidden_layers")]
    [InlineData("num_attention_heads")]
    [InlineData("intermediate_size")]
    [InlineData("max_position_embeddings")]
    public void A_field_that_is_missing_is_named(string field)
    {
        var config = RandomModel.Config("llama");
        config.Remove(field);
        Assert.Contains(field, Assert.Throws<ModelConfigException>(() => Parse(config)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"model_type\":")]
    public void A_file_that_is_no_object_is_refused(string text)
    {
        var folder = Directory.CreateTempSubdirectory();
        File.WriteAllText(Path.Combine(folder.FullName, "config.json"), text);
        Assert.Throws<ModelConfigException>(() => ModelConfig.Load(folder.FullName));
        folder.Delete(recursive: true);
    }

    [Fact]
    public void A_window_caps_the_context_where_it_is_in_use()
    {
        Assert.Equal(64, Parse(RandomModel.Config("mistral", new() { ["sliding_window"] = 64 })).MaxPositions);
        Assert.Equal(4096, Parse(RandomModel.Config("qwen2", new() { ["sliding_window"] = 64, ["use_sliding_window"] = false })).MaxPositions);
    }

    [Fact]
    public void Families_differ_as_published()
    {
        var qwen2 = Parse(RandomModel.Config("qwen2"));
        Assert.Equal((true, false, false), (qwen2.QueryKeyValueBias, qwen2.OutputBias, qwen2.QueryKeyNorm));
        var qwen3 = Parse(RandomModel.Config("qwen3"));
        Assert.Equal((false, false, true), (qwen3.QueryKeyValueBias, qwen3.OutputBias, qwen3.QueryKeyNorm));
        var llama = Parse(RandomModel.Config("llama", new() { ["attention_bias"] = true, ["eos_token_id"] = new JsonArray(3, 4) }));
        Assert.Equal((true, true, false), (llama.QueryKeyValueBias, llama.OutputBias, llama.QueryKeyNorm));
        Assert.Equal([3, 4], llama.EndTokens);
    }

    [Fact]
    public void The_generation_config_names_the_end_tokens_where_it_does()
    {
        using var generation = JsonDocument.Parse("""{"eos_token_id": [7, 9]}""");
        using var config = JsonDocument.Parse(RandomModel.Config("llama", new() { ["eos_token_id"] = 3 }).ToJsonString());
        Assert.Equal([7, 9], ModelConfigParser.Parse(config.RootElement, generation.RootElement).EndTokens);
    }

    [Fact]
    public void Rotary_settings_are_read_from_either_place()
    {
        var config = RandomModel.Config("llama", new()
        {
            ["rope_parameters"] = new JsonObject { ["rope_theta"] = 5000.0, ["rope_type"] = "linear", ["factor"] = 2.0 },
        });
        var parsed = Parse(config);
        Assert.Equal((5000, RopeKind.Linear, 2), (parsed.RopeTheta, parsed.Scaling.Kind, parsed.Scaling.Factor));
    }

    private static ModelConfig Parse(JsonObject config)
    {
        using var document = JsonDocument.Parse(config.ToJsonString());
        return ModelConfigParser.Parse(document.RootElement, null);
    }
}
