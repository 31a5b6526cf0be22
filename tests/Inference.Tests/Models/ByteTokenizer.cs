using System.Text.Json.Nodes;

namespace ProofMesh.Inference.Tests;

/// <summary>A tokenizer.json whose token i is byte i; 256 ends an answer.</summary>
internal static class ByteTokenizer
{
    public const int End = 256;
    public const int Vocabulary = 257;

    public static string Json()
    {
        var vocabulary = new JsonObject();
        var spare = 0;
        for (var value = 0; value < 256; value++)
        {
            // GPT-2 writes bytes that can't be seen as characters from U+0100 on.
            var visible = value is (>= 33 and <= 126) or (>= 161 and <= 172) or >= 174;
            vocabulary[((char)(visible ? value : 256 + spare++)).ToString()] = value;
        }
        var end = new JsonObject
        {
            ["id"] = End,
            ["content"] = "<|end|>",
            ["special"] = true,
            ["single_word"] = false,
            ["lstrip"] = false,
            ["rstrip"] = false,
            ["normalized"] = false,
        };
        return new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray(end),
            ["pre_tokenizer"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["use_regex"] = true },
            ["decoder"] = new JsonObject { ["type"] = "ByteLevel" },
            ["model"] = new JsonObject { ["type"] = "BPE", ["vocab"] = vocabulary, ["merges"] = new JsonArray() },
        }.ToJsonString();
    }
}
