using System.Text.RegularExpressions;

namespace ProofMesh.Inference;

/// <summary>llama.cpp's names of tensors and those that models are published with.</summary>
internal static partial class GgufNames
{
    private static readonly Dictionary<string, string> Global = new(StringComparer.Ordinal)
    {
        ["token_embd.weight"] = "model.embed_tokens.weight",
        ["output_norm.weight"] = "model.norm.weight",
        ["output.weight"] = "lm_head.weight",
    };

    private static readonly Dictionary<string, string> InLayer = new(StringComparer.Ordinal)
    {
        ["attn_norm"] = "input_layernorm",
        ["attn_q"] = "self_attn.q_proj",
        ["attn_k"] = "self_attn.k_proj",
        ["attn_v"] = "self_attn.v_proj",
        ["attn_output"] = "self_attn.o_proj",
        ["attn_q_norm"] = "self_attn.q_norm",
        ["attn_k_norm"] = "self_attn.k_norm",
        ["ffn_norm"] = "post_attention_layernorm",
        ["ffn_gate"] = "mlp.gate_proj",
        ["ffn_up"] = "mlp.up_proj",
        ["ffn_down"] = "mlp.down_proj",
    };

    public static string Published(string name)
    {
        if (Global.TryGetValue(name, out var global))
            return global;
        var match = Layer().Match(name);
        return match.Success && InLayer.TryGetValue(match.Groups["role"].Value, out var role)
            ? $"model.layers.{match.Groups["layer"].Value}.{role}.{match.Groups["kind"].Value}"
            : name;
    }

    [GeneratedRegex(@"^blk\.(?<layer>[0-9]{1,4})\.(?<role>\w+)\.(?<kind>weight|bias)$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Layer();
}
