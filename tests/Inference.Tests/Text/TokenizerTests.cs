using System.Diagnostics;
using System.Text;

namespace ProofMesh.Inference.Tests;

public sealed class TokenizerTests
{
    private static readonly Lazy<Tokenizer> Embedded = new(() => Tokenizer.Load(Path.Combine(PeerFolder.Root(), "src", "Inference", "Model")));
    private static readonly Lazy<Tokenizer> SentencePiece = new(() => Tokenizer.Load(PeerFolder.Model("tokenizer-llama2")));

    [Theory]
    [InlineData("{", "can't be read")]
    [InlineData("[]", "lacks 'model'")]
    [InlineData("""{"model":{"type":"Unigram","vocab":{},"merges":[]}}""", "'Unigram' isn't supported")]
    [InlineData("""{"model":{"vocab":{"a":-1},"merges":[]}}""", "impossible id -1")]
    [InlineData("""{"model":{"vocab":{"a":2000000000},"merges":[]}}""", "impossible id 2000000000")]
    [InlineData("""{"model":{"vocab":{"a":"0"},"merges":[]}}""", "no number")]
    [InlineData("""{"model":{"vocab":{"a":0},"merges":["a b"]}}""", "'b', which isn't in the vocabulary")]
    [InlineData("""{"model":{"vocab":{"a":0},"merges":["a b c"]}}""", "isn't a pair")]
    [InlineData("""{"model":{"vocab":{"a":0},"merges":[],"unk_token":"?"}}""", "unknown token '?'")]
    [InlineData("""{"model":{"vocab":{},"merges":[]},"normalizer":{"type":"Precompiled"}}""", "normaliser 'Precompiled'")]
    [InlineData("""{"model":{"vocab":{},"merges":[]},"pre_tokenizer":{"type":"UnicodeScripts"}}""", "pre-tokenizer 'UnicodeScripts'")]
    [InlineData("""{"model":{"vocab":{},"merges":[]},"pre_tokenizer":{"type":"Split","pattern":{"Regex":"(a"},"behavior":"Isolated"}}""", "without its ')'")]
    [InlineData("""{"model":{"vocab":{},"merges":[]},"pre_tokenizer":{"type":"Split","pattern":{"Regex":"(?<=a)b"},"behavior":"Isolated"}}""", "unsupported kind")]
    [InlineData("""{"model":{"vocab":{},"merges":[]},"pre_tokenizer":{"type":"Split","pattern":{"Regex":"\\p{Klingon}"},"behavior":"Isolated"}}""", "'Klingon'")]
    [InlineData("""{"model":{"vocab":{},"merges":[]},"pre_tokenizer":{"type":"Split","pattern":{"Regex":"a"},"behavior":"Sideways"}}""", "'Sideways'")]
    [InlineData("""{"model":{"vocab":{},"merges":[]},"post_processor":{"type":"TemplateProcessing","single":[],"special_tokens":{}}}""", "hold the text once")]
    [InlineData("""{"model":{"vocab":{},"merges":[]},"decoder":{"type":"CTC"}}""", "decoder 'CTC'")]
    public void A_file_that_can_not_be_used_is_refused_by_what_is_wrong(string json, string reason)
    {
        var fault = Assert.Throws<TokenizerException>(() => Tokenizer.Parse(Encoding.UTF8.GetBytes(json)));
        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_a_tokenizer_is_refused() =>
        Assert.Throws<TokenizerException>(() => Tokenizer.Load(Path.Combine(Path.GetTempPath(), "no-such-folder")));

    [Theory]
    [InlineData("a")]
    [InlineData(" ")]
    [InlineData("\n")]
    [InlineData("7")]
    [InlineData("!")]
    [InlineData("<")]
    [InlineData("ab")]
    [InlineData("\u0301")]
    [InlineData("😀")]
    [InlineData(" \u0315\u0300")]
    public void A_long_run_of_one_thing_takes_seconds_at_most(string unit)
    {
        var text = string.Concat(Enumerable.Repeat(unit, (1 << 18) / unit.Length));
        var clock = Stopwatch.StartNew();
        foreach (var tokenizer in new[] { Embedded.Value, SentencePiece.Value })
            Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text, addSpecialTokens: false)));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"{clock.Elapsed}");
    }

    [Fact]
    public void A_pattern_that_backtracks_without_end_is_stopped()
    {
        const string Json = """{"model":{"vocab":{},"merges":[]},"pre_tokenizer":{"type":"Split","pattern":{"Regex":"(?:a+)+b"},"behavior":"Isolated"}}""";
        var tokenizer = Tokenizer.Parse(Encoding.UTF8.GetBytes(Json));
        Assert.Throws<TokenizerException>(() => tokenizer.Encode(new string('a', 5000)));
    }

    [Fact]
    public void The_text_of_a_special_token_is_only_text_where_that_is_asked()
    {
        var tokenizer = Embedded.Value;
        var end = tokenizer.IdOf("<|end|>")!.Value;
        Assert.True(tokenizer.IsSpecial(end));
        Assert.Contains(end, tokenizer.Encode("a<|end|>b"));
        var plain = tokenizer.Encode("a<|end|>b", readSpecialTokens: false);
        Assert.DoesNotContain(end, plain);
        Assert.Equal("a<|end|>b", tokenizer.Decode(plain));
        Assert.Equal("ab", tokenizer.Decode(tokenizer.Encode("a<|end|>b")));
        Assert.Equal("a<|end|>b", tokenizer.Decode(tokenizer.Encode("a<|end|>b"), skipSpecialTokens: false));
    }

    [Fact]
    public void A_stream_never_splits_a_character()
    {
        const string Text = "Grüße 👩‍👩‍👧 日本語 \u0000 𝒽é";
        foreach (var tokenizer in new[] { Embedded.Value, SentencePiece.Value })
        {
            var stream = tokenizer.Stream();
            var parts = tokenizer.Encode(Text).Select(stream.Append).ToList();
            Assert.DoesNotContain(parts, p => p.Contains('\ufffd') || (p.Length > 0 && (char.IsLowSurrogate(p[0]) || char.IsHighSurrogate(p[^1]))));
            Assert.Contains("", parts);
            Assert.Equal(Text, string.Concat(parts) + stream.Flush());
        }
    }

    [Theory]
    [InlineData(new[] { "<0xE6>", "<0x97>" }, "\ufffd")]
    [InlineData(new[] { "<0xE6>", "<0x97>", "▁a" }, "\ufffd a")]
    [InlineData(new[] { "<0xFF>", "<0x41>" }, "\ufffdA")]
    [InlineData(new[] { "<0xE6>", "<0x97>", "<0xA5>" }, "日")]
    [InlineData(new[] { "▁", "▁", "a" }, " a")]
    [InlineData(new[] { "<s>", "▁a", "</s>" }, "a")]
    public void What_is_left_of_a_character_at_the_end_comes_out_replaced(string[] tokens, string expected)
    {
        var tokenizer = SentencePiece.Value;
        var stream = tokenizer.Stream();
        var ids = tokens.Select(t => tokenizer.IdOf(t)!.Value).ToArray();
        Assert.Equal(expected, string.Concat(ids.Select(stream.Append)) + stream.Flush());
        Assert.Equal(expected, tokenizer.Decode(ids));
    }

    [Fact]
    public void Ids_without_a_token_say_nothing()
    {
        var tokenizer = Embedded.Value;
        Assert.Equal("", tokenizer.Decode([-1, int.MaxValue, tokenizer.VocabularySize]));
        Assert.Null(tokenizer.TokenOf(tokenizer.VocabularySize));
        Assert.Null(tokenizer.IdOf("no such token"));
        Assert.Equal(64, tokenizer.Digest.Length);
    }

    [Fact]
    public void Many_threads_read_as_one()
    {
        var texts = SampleTexts.Make(2000, seed: 5);
        var fresh = Tokenizer.Load(Path.Combine(PeerFolder.Root(), "src", "Inference", "Model"));
        var expected = texts.ConvertAll(t => Embedded.Value.Encode(t));
        Parallel.For(0, texts.Count, i => Assert.Equal(expected[i], fresh.Encode(texts[i])));
    }
}
