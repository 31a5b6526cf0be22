namespace ProofMesh.Inference.Tests;

/// <summary>Lists where our tokenizer and the peer disagree about texts.</summary>
internal static class TokenizerComparison
{
    public static IEnumerable<string> Disagreements(string name, Tokenizer tokenizer, IReadOnlyList<string> texts, PeerAnswer answer)
    {
        for (var i = 0; i < texts.Count; i++)
        {
            var special = tokenizer.Encode(texts[i]);
            if (!special.AsSpan().SequenceEqual(answer.Special[i]))
                yield return $"{name} encode {Show(texts[i])}: {Join(special)} ≠ {Join(answer.Special[i])}";
            var plain = tokenizer.Encode(texts[i], addSpecialTokens: false);
            if (!plain.AsSpan().SequenceEqual(answer.Plain[i]))
                yield return $"{name} plain {Show(texts[i])}: {Join(plain)} ≠ {Join(answer.Plain[i])}";
            var decoded = tokenizer.Decode(answer.Plain[i]);
            if (decoded != answer.Decoded[i])
                yield return $"{name} decode {Join(answer.Plain[i])}: {Show(decoded)} ≠ {Show(answer.Decoded[i])}";
        }
    }

    /// <summary>Fails with the number of disagreements and a few of them.</summary>
    public static void AssertNone(List<string> disagreements) =>
        Assert.True(disagreements.Count == 0, $"{disagreements.Count} disagreements\n" + string.Join('\n', disagreements.Where((_, i) => i % (1 + disagreements.Count / 12) == 0)));

    public static string Show(string text) => '"' + string.Concat(text.Select(c => c is >= ' ' and <= '~' ? c.ToString() : $"\\u{(int)c:x4}")) + '"';

    private static string Join(int[] ids) => string.Join(' ', ids);
}
