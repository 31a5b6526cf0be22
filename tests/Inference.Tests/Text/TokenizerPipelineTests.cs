using System.Text.Json.Nodes;

namespace ProofMesh.Inference.Tests;

/// <summary>Pipelines that no package here ships, put together from the published parts, against Hugging Face's own implementation.</summary>
public sealed class TokenizerPipelineTests
{
    private const string ByteLevel = """{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":false}""";
    private const string Gpt2 = """{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true}""";
    private const string Possessive = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}++|\\p{N}{1,3}+| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*+|\\s++$|\\s*[\\r\\n]|\\s+(?!\\S)|\\s";

    private static readonly string[] Normalizers =
    [
        "null",
        """{"type":"NFC"}""", """{"type":"NFD"}""", """{"type":"NFKC"}""", """{"type":"NFKD"}""", """{"type":"Lowercase"}""",
        """{"type":"Sequence","normalizers":[{"type":"NFD"},{"type":"StripAccents"},{"type":"Lowercase"}]}""",
        """{"type":"Strip","strip_left":true,"strip_right":false}""", """{"type":"Strip","strip_left":true,"strip_right":true}""",
        """{"type":"Replace","pattern":{"Regex":" {2,}"},"content":" "}""", """{"type":"Replace","pattern":{"Regex":"(?:a|b)+?c*|\\d+$"},"content":"#"}""",
        """{"type":"Prepend","prepend":"x"}""",
    ];

    private static readonly string[] PreTokenizers =
    [
        Gpt2, ByteLevel,
        $$"""{"type":"Sequence","pretokenizers":[{"type":"Digits","individual_digits":true},{{Gpt2.Replace("true", "false").Replace("regex\":false", "regex\":true")}}]}""",
        $$"""{"type":"Sequence","pretokenizers":[{"type":"Digits","individual_digits":false},{{ByteLevel}}]}""",
        $$"""{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"{{Possessive}}"},"behavior":"Isolated","invert":false},{{ByteLevel}}]}""",
        $$"""{"type":"Sequence","pretokenizers":[{"type":"Punctuation","behavior":"Isolated"},{"type":"Whitespace"},{{ByteLevel}}]}""",
        $$"""{"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},{"type":"Punctuation","behavior":"MergedWithPrevious"},{{ByteLevel}}]}""",
        $$"""{"type":"Sequence","pretokenizers":[{"type":"Punctuation","behavior":"Contiguous"},{{ByteLevel}}]}""",
        $$"""{"type":"Sequence","pretokenizers":[{"type":"CharDelimiterSplit","delimiter":"e"},{{ByteLevel}}]}""",
        .. from behavior in new[] { "Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous" }
           from pattern in new[] { """{"String":"th"}""", """{"Regex":"\\s"}""", """{"Regex":"\\p{Lu}|[a-m0-5]{2,3}?|[^\\x00-\\x{ffff}]"}""" }
           from invert in new[] { "true", "false" }
           select $$"""{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{{pattern}},"behavior":"{{behavior}}","invert":{{invert}}},{{ByteLevel}}]}""",
    ];

    private static readonly string[] AddedTokens =
    [
        "[]",
        """
        [{"content":"the","single_word":true,"lstrip":false,"rstrip":false,"normalized":false,"special":false},
         {"content":"<s>","single_word":false,"lstrip":true,"rstrip":true,"normalized":false,"special":true},
         {"content":"Fox","single_word":false,"lstrip":false,"rstrip":true,"normalized":true,"special":false},
         {"content":"<|im_end|>","single_word":false,"lstrip":true,"rstrip":false,"normalized":true,"special":true},
         {"content":"<|im_end|>\n","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true},
         {"content":"é","single_word":false,"lstrip":false,"rstrip":false,"normalized":true,"special":false}]
        """,
    ];

    private static readonly string[] Metaspaces =
    [
        .. from scheme in new[] { "always", "first", "never" }
           from split in new[] { "true", "false" }
           select $$"""{"type":"Metaspace","replacement":"▁","prepend_scheme":"{{scheme}}","split":{{split}}}""",
    ];

    [Fact]
    public void Byte_level_pipelines_agree()
    {
        var random = new Random(3);
        var model = JsonNode.Parse(File.ReadAllText(Path.Combine(PeerFolder.Root(), "src", "Inference", "Model", "tokenizer.json")))!["model"]!;
        var pipelines = new List<JsonNode>();
        for (var i = 0; i < PreTokenizers.Length + Normalizers.Length; i++)
        {
            var normalizer = i < PreTokenizers.Length ? Normalizers[random.Next(3)] : Normalizers[i - PreTokenizers.Length];
            var preTokenizer = i < PreTokenizers.Length ? PreTokenizers[i] : PreTokenizers[random.Next(4)];
            pipelines.Add(Pipeline(normalizer, preTokenizer, AddedTokens[i % 2], Gpt2, model.DeepClone()));
        }
        Compare(pipelines);
    }

    [Fact]
    public void SentencePiece_pipelines_agree()
    {
        var pipelines = new List<JsonNode>();
        foreach (var metaspace in Metaspaces)
        {
            foreach (var (fallback, fuse) in new[] { (true, true), (false, true), (false, false) })
            {
                var model = SmallSentencePiece(fallback, fuse);
                pipelines.Add(Pipeline(Normalizers[pipelines.Count % Normalizers.Length], metaspace, AddedTokens[pipelines.Count % 2], metaspace, model));
            }
        }
        Compare(pipelines);
    }

    private static void Compare(List<JsonNode> pipelines)
    {
        var texts = SampleTexts.Make(600, seed: 4);
        var answers = TokenizerPeer.Ask(pipelines, texts, []);
        Assert.Equal(pipelines.Count, answers.Count);
        var disagreements = pipelines.Zip(answers).SelectMany(pair =>
            TokenizerComparison.Disagreements(Describe(pair.First), Tokenizer.Parse(System.Text.Encoding.UTF8.GetBytes(pair.First.ToJsonString())), texts, pair.Second)).ToList();
        TokenizerComparison.AssertNone(disagreements);
    }

    private static string Describe(JsonNode pipeline) =>
        $"{pipeline["normalizer"]?.ToJsonString()} {pipeline["pre_tokenizer"]?.ToJsonString()} added {pipeline["added_tokens"]!.AsArray().Count} fallback {pipeline["model"]!["byte_fallback"]}";

    private static JsonObject Pipeline(string normalizer, string preTokenizer, string added, string decoder, JsonNode model) => new()
    {
        ["version"] = "1.0",
        ["added_tokens"] = Numbered(JsonNode.Parse(added)!.AsArray(), model["vocab"]!.AsObject()),
        ["normalizer"] = JsonNode.Parse(normalizer),
        ["pre_tokenizer"] = JsonNode.Parse(preTokenizer),
        ["post_processor"] = null,
        ["decoder"] = JsonNode.Parse(decoder),
        ["model"] = model,
    };

    // A token that the model knows keeps its id, as the library that writes these files has it; the others follow the model's.
    private static JsonArray Numbered(JsonArray added, JsonObject vocabulary)
    {
        var next = vocabulary.Count;
        foreach (var token in added)
            token!["id"] = vocabulary[(string)token["content"]!]?.DeepClone() ?? next++;
        return added;
    }

    // The first tokens of a published vocabulary and the merges among them: rare letters stay unknown or fall back to bytes.
    private static JsonNode SmallSentencePiece(bool fallback, bool fuse)
    {
        var model = JsonNode.Parse(File.ReadAllText(Path.Combine(PeerFolder.Model("tokenizer-llama2"), "tokenizer.json")))!["model"]!;
        var tokens = model["vocab"]!.AsObject().OrderBy(p => (int)p.Value!).Select(p => p.Key);
        // Single characters stand at the end of the vocabulary: every third of them is kept.
        var names = tokens.Where((t, i) => (i < 3000 || (t.Length == 1 && i % 3 == 0)) && (fallback || !t.StartsWith("<0x", StringComparison.Ordinal))).ToHashSet();
        model["vocab"] = new JsonObject(names.Select((t, i) => KeyValuePair.Create(t, (JsonNode?)i)));
        model["merges"] = new JsonArray([.. model["merges"]!.AsArray().Select(m => (string)m!).Where(m => IsKept(m, names)).Select(m => (JsonNode)m!)]);
        model["byte_fallback"] = fallback;
        model["fuse_unk"] = fuse;
        return model.DeepClone();
    }

    private static bool IsKept(string merge, HashSet<string> names)
    {
        var parts = merge.Split(' ');
        return names.Contains(parts[0]) && names.Contains(parts[1]) && names.Contains(parts[0] + parts[1]);
    }
}
