using System.Text.Json.Nodes;

namespace ProofMesh.Inference.Tests;

/// <summary>Published tokenizers, and the embedded model's, against Hugging Face's own implementation.</summary>
public sealed class PublishedTokenizerTests
{
    private const int TextCount = 10_000;

    private static readonly string[] Packages =
        ["tokenizer-llama2", "tokenizer-llama3_1", "tokenizer-qwen3", "tokenizer-gpt4o", "tokenizer-deepseek_v3", "tokenizer-gemma3"];

    [Fact]
    public void Every_tokenizer_reads_ten_thousand_texts_and_speaks_any_ids_as_its_authors_do()
    {
        string[] folders = [Path.Combine(PeerFolder.Root(), "src", "Inference", "Model"), .. Packages.Select(PeerFolder.Model)];
        var (texts, ids) = (SampleTexts.Make(TextCount, seed: 1), RandomIds());
        var answers = TokenizerPeer.Ask(folders.Select(f => (JsonNode)Path.Combine(f, "tokenizer.json")!), texts, ids);
        Assert.Equal(folders.Length, answers.Count);
        Assert.All(answers, a => Assert.Equal(TextCount, a.Special.Length));
        foreach (var (folder, answer) in folders.Zip(answers))
        {
            var tokenizer = Tokenizer.Load(folder);
            var disagreements = TokenizerComparison.Disagreements(folder, tokenizer, texts, answer).Concat(Speech(tokenizer, ids, answer));
            TokenizerComparison.AssertNone(disagreements.ToList());
        }
    }

    // Where raw bytes stand alone, beyond 500 none of these vocabularies has them: the authors turn a run of such tokens
    // that is no UTF-8 into one U+FFFD for each byte, which no stream could, for it would have to take back what it said.
    private static List<int[]> RandomIds()
    {
        var random = new Random(2);
        return [.. Enumerable.Range(0, 2000).Select(_ => Enumerable.Range(0, 1 + random.Next(30)).Select(_ => 500 + random.Next(5600)).ToArray())];
    }

    private static IEnumerable<string> Speech(Tokenizer tokenizer, List<int[]> ids, PeerAnswer answer)
    {
        for (var i = 0; i < ids.Count; i++)
        {
            var stream = tokenizer.Stream(skipSpecialTokens: false);
            var streamed = string.Concat(ids[i].Select(stream.Append)) + stream.Flush();
            var decoded = tokenizer.Decode(ids[i], skipSpecialTokens: false);
            if (decoded != answer.Spoken[i] || streamed != decoded)
                yield return $"{string.Join(' ', ids[i])}: {TokenizerComparison.Show(decoded)} ≠ {TokenizerComparison.Show(answer.Spoken[i])}";
        }
    }
}
