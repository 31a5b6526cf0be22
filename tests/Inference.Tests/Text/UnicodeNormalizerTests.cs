using System.Text;
using System.Text.Json;

namespace ProofMesh.Inference.Tests;

/// <summary>The four normal forms against the Unicode library inside Node.</summary>
public sealed class UnicodeNormalizerTests
{
    [Fact]
    public void Every_character_that_normalises_and_mixtures_of_them_agree()
    {
        var texts = Texts();
        var answers = Ask(texts);
        Assert.Equal(texts.Count, answers.Count);
        for (var i = 0; i < texts.Count; i++)
        {
            string[] ours = [Form(texts[i], true, false), Form(texts[i], false, false), Form(texts[i], true, true), Form(texts[i], false, true)];
            Assert.True(ours.SequenceEqual(answers[i]), $"{TokenizerComparison.Show(texts[i])}: {string.Join(' ', ours.Select(TokenizerComparison.Show))}");
        }
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("")]
    public void Ascii_stays_as_it_is(string text) => Assert.Same(text, Form(text, true, true));

    [Fact]
    public void A_long_run_of_marks_is_sorted_in_seconds()
    {
        var marks = string.Concat(Enumerable.Range(0, 200_000).Select(i => i % 2 == 0 ? '\u0301' : '\u0323'));
        var sorted = Form("a" + marks, false, false);
        Assert.Equal("a" + new string('\u0323', 100_000) + new string('\u0301', 100_000), sorted);
    }

    private static string Form(string text, bool compose, bool compatibility) => UnicodeNormalizer.Normalize(text, compose, compatibility);

    private static List<string> Texts()
    {
        var data = NormalizationData.Load();
        int[] points =
        [
            .. data.Canonical.Keys, .. data.Compatibility.Keys, .. data.Canonical.Values.SelectMany(v => v), .. Enumerable.Range(0x1100, 256),
            .. Enumerable.Range(0, 400).Select(i => 0xAC00 + i * 27), .. Enumerable.Range(0x300, 0x70), .. Enumerable.Range(0x591, 0x20), .. Enumerable.Range(0x41, 26),
        ];
        var random = new Random(6);
        string Mixture(int _) => string.Concat(Enumerable.Range(0, 2 + random.Next(6)).Select(_ => new Rune(points[random.Next(points.Length)]).ToString()));
        return [.. points.Select(p => new Rune(p).ToString()), .. Enumerable.Range(0, 20_000).Select(Mixture)];
    }

    private static List<string[]> Ask(List<string> texts)
    {
        var job = Path.GetTempFileName();
        try
        {
            File.WriteAllText(job, JsonSerializer.Serialize(texts));
            var lines = PeerFolder.Node("normalize.mjs", job).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            return [.. lines.Select(l => JsonSerializer.Deserialize<string[]>(l)!)];
        }
        finally
        {
            File.Delete(job);
        }
    }
}
