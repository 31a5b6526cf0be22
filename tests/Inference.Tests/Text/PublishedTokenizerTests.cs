using System.Diagnostics;
using System.Text.Json.Nodes;

namespace ProofMesh.Inference.Tests;

/// <summary>Published tokenizers against Hugging Face's own implementation.</summary>
public sealed class PublishedTokenizerTests(ITestOutputHelper output)
{
    private const int TextCount = 10_000;

    [Fact]
    public void Every_published_tokenizer_reads_ten_thousand_texts_as_its_authors_do()
    {
        string[] packages = ["tokenizer-llama2", "tokenizer-llama3_1", "tokenizer-qwen3", "tokenizer-gpt4o", "tokenizer-deepseek_v3", "tokenizer-gemma3"];
        var files = packages.Select(p => Path.Combine(PeerFolder.Model(p), "tokenizer.json")).ToList();
        var texts = SampleTexts.Make(TextCount, seed: 1);
        var answers = TokenizerPeer.Ask(files.Select(f => (JsonNode)f!), texts, []);
        Assert.Equal(files.Count, answers.Count);
        Assert.All(answers, a => Assert.Equal(TextCount, a.Special.Length));
        var disagreements = files.Zip(answers).SelectMany(pair => Compare(pair.First, texts, pair.Second)).ToList();
        Assert.True(disagreements.Count == 0, $"{disagreements.Count} disagreements\n" + string.Join('\n', disagreements.Take(40)));
    }

    private IEnumerable<string> Compare(string file, List<string> texts, PeerAnswer answer)
    {
        var clock = Stopwatch.StartNew();
        var tokenizer = Tokenizer.Load(file);
        output.WriteLine($"{file}: loaded in {clock.ElapsedMilliseconds} ms");
        clock.Restart();
        var ours = texts.Select(t => tokenizer.Encode(t)).ToList();
        output.WriteLine($"{texts.Sum(t => t.Length)} characters in {clock.ElapsedMilliseconds} ms");
        var name = Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(file)));
        for (var i = 0; i < texts.Count; i++)
        {
            if (!ours[i].AsSpan().SequenceEqual(answer.Special[i]))
                yield return $"{name} encode {Show(texts[i])}: {string.Join(' ', ours[i])} ≠ {string.Join(' ', answer.Special[i])}";
            var plain = tokenizer.Encode(texts[i], addSpecialTokens: false);
            if (!plain.AsSpan().SequenceEqual(answer.Plain[i]))
                yield return $"{name} plain {Show(texts[i])}: {string.Join(' ', plain)} ≠ {string.Join(' ', answer.Plain[i])}";
            var decoded = tokenizer.Decode(answer.Plain[i]);
            if (decoded != answer.Decoded[i])
                yield return $"{name} decode {Show(texts[i])}: {Show(decoded)} ≠ {Show(answer.Decoded[i])}";
        }
    }

    private static string Show(string text) => string.Concat(text.Select(c => c is >= ' ' and <= '~' ? c.ToString() : $"\\u{(int)c:x4}"));
}
