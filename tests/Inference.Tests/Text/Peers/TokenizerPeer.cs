using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ProofMesh.Inference.Tests;

/// <summary>What Hugging Face's own implementation makes of texts and ids, asked in one batch.</summary>
internal sealed record PeerAnswer(int[][] Special, int[][] Plain, string[] Decoded, string[] Spoken);

internal static class TokenizerPeer
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    /// <param name="tokenizers">Paths of tokenizer.json files, or their JSON.</param>
    public static List<PeerAnswer> Ask(IEnumerable<JsonNode> tokenizers, IReadOnlyList<string> texts, IReadOnlyList<int[]> ids)
    {
        var folder = Directory.CreateTempSubdirectory("proofmesh-peer-").FullName;
        try
        {
            var (job, answer) = (Path.Combine(folder, "job.json"), Path.Combine(folder, "answer.jsonl"));
            var entries = tokenizers.Select(t => t is JsonObject ? $$"""{"json":{{t.ToJsonString()}}}""" : $$"""{"file":{{t.ToJsonString()}}}""");
            File.WriteAllText(job, $$"""{"texts":[{{string.Join(',', texts.Select(Escape))}}],"ids":{{JsonSerializer.Serialize(ids)}},"tokenizers":[{{string.Join(',', entries)}}]}""");
            PeerFolder.Node("tokenize.mjs", job, answer);
            return [.. File.ReadLines(answer).Select(l => JsonSerializer.Deserialize<PeerAnswer>(l, Options)!)];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // A serialiser would mend lone surrogates; the peer is to see them.
    private static string Escape(string text)
    {
        var json = new StringBuilder("\"");
        foreach (var c in text)
            _ = c is '"' or '\\' or < ' ' or > '~' ? json.Append($"\\u{(int)c:x4}") : json.Append(c);
        return json.Append('"').ToString();
    }
}
