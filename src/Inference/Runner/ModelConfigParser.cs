using System.Text.Json;

namespace ProofMesh.Inference;

/// <summary>From config.json to <see cref="ModelConfig"/>: what is not understood exactly is refused, never guessed.</summary>
internal static class ModelConfigParser
{
    private const int MaxPositions = 1 << 24;

    public static ModelConfig Parse(JsonElement config, JsonElement? generation)
    {
        var json = new ConfigReader(config);
        var family = json.Text("model_type", "");
        if (family is not ("llama" or "mistral" or "qwen2" or "qwen3"))
            throw new ModelConfigException($"config.json: model_type '{family}' is not supported; llama, mistral, qwen2 and qwen3 are.");
        RefuseUnsupported(json);

        var vocabulary = json.Int("vocab_size", 1, 1 << 21);
        var hidden = json.Int("hidden_size", 2, 1 << 16);
        var heads = json.Int("num_attention_heads", 1, 1024);
        var positions = json.Int("max_position_embeddings", 1, MaxPositions);
        var (theta, scaling) = ReadRope(json, positions);
        var parsed = new ModelConfig
        {
            Family = family,
            Vocabulary = vocabulary,
            Hidden = hidden,
            Layers = json.Int("num_hidden_layers", 1, 1024),
            Heads = heads,
            KeyValueHeads = json.Int("num_key_value_heads", 1, 1024, heads),
            HeadSize = json.Int("head_dim", 2, 1024, Math.Max(2, hidden / heads)),
            Intermediate = json.Int("intermediate_size", 1, 1 << 20),
            NormEpsilon = (float)json.Number("rms_norm_eps", 1e-20, 1, 1e-6),
            RopeTheta = theta,
            Scaling = scaling,
            MaxPositions = Positions(json, scaling, positions),
            TiedHead = json.Flag("tie_word_embeddings", fallback: false),
            QueryKeyValueBias = json.Flag("attention_bias", fallback: family == "qwen2"),
            OutputBias = family != "qwen2" && json.Flag("attention_bias", fallback: false),
            QueryKeyNorm = family == "qwen3",
            BeginToken = json.Ids("bos_token_id", vocabulary) is [var first, ..] ? first : null,
            EndTokens = EndTokens(json, generation, vocabulary),
        };
        return Checked(parsed, json.Has("head_dim"));
    }

    private static ModelConfig Checked(ModelConfig config, bool headSizeStated)
    {
        if (!headSizeStated && config.Hidden % config.Heads != 0)
            throw new ModelConfigException($"config.json: hidden_size {config.Hidden} is no multiple of num_attention_heads {config.Heads}, and head_dim is not stated.");
        if (config.HeadSize % 2 != 0)
            throw new ModelConfigException($"config.json: head_dim {config.HeadSize} is odd; rotary positions need pairs.");
        if (config.Heads % config.KeyValueHeads != 0)
            throw new ModelConfigException($"config.json: num_attention_heads {config.Heads} is no multiple of num_key_value_heads {config.KeyValueHeads}.");
        return config;
    }

    private static void RefuseUnsupported(ConfigReader json)
    {
        var activation = json.Text("hidden_act", "silu");
        if (activation is not ("silu" or "swish"))
            throw new ModelConfigException($"config.json: hidden_act '{activation}' is not supported; silu is.");
        if (json.Flag("mlp_bias", fallback: false))
            throw new ModelConfigException("config.json: mlp_bias is not supported.");
        if (json.Has("quantization_config"))
            throw new ModelConfigException("config.json: quantization_config is not supported; load the unquantised weights and choose int8 here.");
        if (json.Number("partial_rotary_factor", 0, 1, 1) != 1)
            throw new ModelConfigException("config.json: partial_rotary_factor below 1 is not supported.");
    }

    // Scaling states by how much the positions were stretched, but for llama3, whose config counts them stretched.
    // Attention never leaves a window that holds the whole context, so capping the context there is exact.
    private static int Positions(ConfigReader json, RopeScaling scaling, int stated)
    {
        var stretched = scaling.Kind switch
        {
            RopeKind.Linear or RopeKind.Dynamic => stated * scaling.Factor,
            RopeKind.Yarn => Math.Max(stated, scaling.OriginalMaxPositions * scaling.Factor),
            _ => stated,
        };
        var positions = (int)Math.Min(MaxPositions, stretched);
        if (json.Has("sliding_window") && json.Flag("use_sliding_window", fallback: true))
            positions = Math.Min(positions, json.Int("sliding_window", 1, MaxPositions));
        return positions;
    }

    private static int[] EndTokens(ConfigReader json, JsonElement? generation, int vocabulary)
    {
        var stated = generation is { } element ? new ConfigReader(element, "generation_config.json").Ids("eos_token_id", vocabulary) : [];
        return stated.Length > 0 ? stated : json.Ids("eos_token_id", vocabulary);
    }

    private static (double Theta, RopeScaling Scaling) ReadRope(ConfigReader json, int positions)
    {
        var section = json.Has("rope_parameters") ? "rope_parameters" : "rope_scaling";
        var theta = json.Number("rope_theta", 1, 1e12, 10_000);
        if (!json.Has(section))
            return (theta, RopeScaling.None);
        var rope = json.Section(section);
        theta = rope.Number("rope_theta", 1, 1e12, theta);
        var name = rope.Text("rope_type", rope.Text("type", "default"));
        var kind = name switch
        {
            "default" => RopeKind.Default,
            "linear" => RopeKind.Linear,
            "dynamic" => RopeKind.Dynamic,
            "llama3" => RopeKind.Llama3,
            "yarn" => RopeKind.Yarn,
            _ => throw new ModelConfigException($"config.json: rope type '{name}' is not supported; default, linear, dynamic, llama3 and yarn are."),
        };
        return (theta, kind == RopeKind.Default ? RopeScaling.None : ReadScaling(rope, kind, positions));
    }

    private static RopeScaling ReadScaling(ConfigReader rope, RopeKind kind, int positions)
    {
        var factor = rope.Number("factor", 1, 4096);
        var scaling = new RopeScaling(kind)
        {
            Factor = factor,
            OriginalMaxPositions = kind == RopeKind.Dynamic ? positions : rope.Int("original_max_position_embeddings", 1, MaxPositions, positions),
            LowFrequencyFactor = rope.Number("low_freq_factor", 1e-3, 1e3, 1),
            HighFrequencyFactor = rope.Number("high_freq_factor", 1e-3, 1e3, 4),
            BetaFast = rope.Number("beta_fast", 1e-3, 1e6, 32),
            BetaSlow = rope.Number("beta_slow", 1e-3, 1e6, 1),
            Truncate = rope.Flag("truncate", fallback: true),
            AttentionFactor = kind == RopeKind.Yarn ? YarnAttention(rope, factor) : 1,
        };
        if (kind == RopeKind.Llama3 && scaling.HighFrequencyFactor <= scaling.LowFrequencyFactor)
            throw new ModelConfigException($"config.json: high_freq_factor {scaling.HighFrequencyFactor} must exceed low_freq_factor {scaling.LowFrequencyFactor}.");
        return scaling;
    }

    private static double YarnAttention(ConfigReader rope, double factor)
    {
        if (rope.Has("attention_factor"))
            return rope.Number("attention_factor", 1e-3, 1e3);
        var scale = rope.Number("mscale", 0, 1e3, 0);
        var scaleAll = rope.Number("mscale_all_dim", 0, 1e3, 0);
        return scale > 0 && scaleAll > 0 ? Magnitude(factor, scale) / Magnitude(factor, scaleAll) : Magnitude(factor, 1);
    }

    private static double Magnitude(double factor, double scale) => factor <= 1 ? 1 : 0.1 * scale * Math.Log(factor) + 1;
}
