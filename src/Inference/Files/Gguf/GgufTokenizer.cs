using System.Text.Json;
using System.Text.Json.Nodes;

namespace ProofMesh.Inference;

/// <summary>A GGUF file's vocabulary as a tokenizer.json, read by the same parser. Byte-level BPE whose cutting rule is known.</summary>
internal static class GgufTokenizer
{
    private const int ControlToken = 3, UserToken = 4;

    private const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
    private const string Llama3 = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string Qwen2 = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <exception cref="TokenizerException">The vocabulary is of a kind that isn't supported.</exception>
    public static byte[] Json(GgufMetadata metadata)
    {
        var model = metadata.Text("tokenizer.ggml.model");
        if (model != "gpt2")
            throw new TokenizerException($"tokenizer.ggml.model is '{model}'; gpt2 (byte-level BPE) is supported.");
        var tokens = metadata.Array<string>("tokenizer.ggml.tokens");
        var vocabulary = new JsonObject();
        for (var id = 0; id < tokens.Length; id++)
        {
            if (!vocabulary.TryAdd(tokens[id], id))
                throw new TokenizerException($"tokenizer.ggml.tokens holds the token {id} twice.");
        }
        var json = new JsonObject
        {
            ["added_tokens"] = Added(metadata, tokens),
            ["pre_tokenizer"] = PreTokenizer(metadata.Text("tokenizer.ggml.pre")),
            ["decoder"] = new JsonObject { ["type"] = "ByteLevel" },
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["vocab"] = vocabulary,
                ["merges"] = new JsonArray([.. metadata.Array<string>("tokenizer.ggml.merges").Select(m => (JsonNode)m)]),
                ["ignore_merges"] = metadata.Text("tokenizer.ggml.pre") == "llama-bpe",
            },
        };
        if (metadata.Flag("tokenizer.ggml.add_bos_token", fallback: false))
            json["post_processor"] = Begin(metadata, tokens);
        return JsonSerializer.SerializeToUtf8Bytes(json);
    }

    private static JsonArray Added(GgufMetadata metadata, string[] tokens)
    {
        var types = metadata.Has("tokenizer.ggml.token_type") ? metadata.Array<long>("tokenizer.ggml.token_type") : [];
        var added = new JsonArray();
        for (var id = 0; id < Math.Min(tokens.Length, types.Length); id++)
        {
            if (types[id] is not (ControlToken or UserToken))
                continue;
            added.Add(new JsonObject
            {
                ["id"] = id,
                ["content"] = tokens[id],
                ["special"] = types[id] == ControlToken,
                ["normalized"] = false,
                ["single_word"] = false,
                ["lstrip"] = false,
                ["rstrip"] = false,
            });
        }
        return added;
    }

    private static JsonObject PreTokenizer(string rule)
    {
        JsonObject[] steps = rule switch
        {
            "gpt-2" or "default" => [Cut(Gpt2)],
            "smollm" => [new() { ["type"] = "Digits", ["individual_digits"] = true }, Cut(Gpt2)],
            "llama-bpe" => [Cut(Llama3)],
            "qwen2" => [Cut(Qwen2)],
            _ => throw new TokenizerException($"tokenizer.ggml.pre is '{rule}'; gpt-2, smollm, llama-bpe and qwen2 are supported."),
        };
        var bytes = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true, ["use_regex"] = false };
        return new JsonObject { ["type"] = "Sequence", ["pretokenizers"] = new JsonArray([.. steps, bytes]) };
    }

    private static JsonObject Cut(string pattern) => new()
    {
        ["type"] = "Split",
        ["pattern"] = new JsonObject { ["Regex"] = pattern },
        ["behavior"] = "Isolated",
        ["invert"] = false,
    };

    private static JsonObject Begin(GgufMetadata metadata, string[] tokens)
    {
        var id = metadata.Integer("tokenizer.ggml.bos_token_id");
        if (id < 0 || id >= tokens.Length)
            throw new TokenizerException($"tokenizer.ggml.bos_token_id is {id}; there are {tokens.Length} tokens.");
        var token = tokens[id];
        return new JsonObject
        {
            ["type"] = "TemplateProcessing",
            ["single"] = new JsonArray(
                new JsonObject { ["SpecialToken"] = new JsonObject { ["id"] = token, ["type_id"] = 0 } },
                new JsonObject { ["Sequence"] = new JsonObject { ["id"] = "A", ["type_id"] = 0 } }),
            ["special_tokens"] = new JsonObject
            {
                [token] = new JsonObject { ["id"] = token, ["ids"] = new JsonArray(id), ["tokens"] = new JsonArray(token) },
            },
        };
    }
}
