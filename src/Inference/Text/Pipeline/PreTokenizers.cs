using System.Text.Json;

namespace ProofMesh.Inference;

/// <summary>The pre-tokenizers by their published names.</summary>
internal static class PreTokenizers
{
    private const string Gpt2Words = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    public static PreTokenizer Read(JsonElement? json)
    {
        if (json is not { } element)
            return (text, _) => [text];
        switch (element.Kind())
        {
            case "Sequence": return Chain([.. element.List("pretokenizers").Select(p => Read(p))]);
            case "ByteLevel": return ByteLevel(element.Flag("add_prefix_space", true), element.Flag("use_regex", true));
            case "Split": return Split(element.Pattern(), SplitBehaviors.Parse(element.Text("behavior")), element.Flag("invert", false));
            case "Digits": return ByCharacter(CodePoints.IsNumeric, element.Flag("individual_digits", false) ? SplitBehavior.Isolated : SplitBehavior.Contiguous);
            case "Punctuation": return ByCharacter(CodePoints.IsPunctuation, SplitBehaviors.Parse(element.OptionalText("behavior") ?? "Isolated"));
            case "Whitespace": return Split(new Pattern(@"\w+|[^\w\s]+"), SplitBehavior.Removed, invert: true);
            case "WhitespaceSplit": return ByCharacter(CodePoints.IsSpace, SplitBehavior.Removed);
            case "CharDelimiterSplit": return Split(Pattern.Literal(element.Text("delimiter")), SplitBehavior.Removed, invert: false);
            case "Metaspace": return Metaspace.Read(element);
            case var other: throw new TokenizerException($"The pre-tokenizer '{other}' isn't supported.");
        }
    }

    public static PreTokenizer Split(Pattern pattern, SplitBehavior behavior, bool invert) =>
        (text, _) => behavior.Apply(Inverted(pattern.Cut(text), invert)).Select(p => text[p.Start..p.End]);

    private static PreTokenizer Chain(PreTokenizer[] steps) => (text, first) =>
    {
        List<string> pieces = [text];
        foreach (var step in steps)
        {
            var cut = new List<string>();
            for (var i = 0; i < pieces.Count; i++)
                cut.AddRange(step(pieces[i], first && i == 0));
            pieces = cut;
        }
        return pieces;
    };

    private static PreTokenizer ByteLevel(bool addPrefixSpace, bool useWords)
    {
        var words = new Pattern(Gpt2Words);
        return (text, _) =>
        {
            if (addPrefixSpace && !text.StartsWith(' '))
                text = " " + text;
            return useWords
                ? words.Cut(text).Select(p => ByteAlphabet.Encode(text[p.Start..p.End]))
                : [ByteAlphabet.Encode(text)];
        };
    }

    private static PreTokenizer ByCharacter(Func<int, bool> isMatch, SplitBehavior behavior) => (text, _) =>
    {
        var parts = new List<(int, int, bool)>();
        var at = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            AddCharacter(parts, at, at + rune.Utf16SequenceLength, isMatch(rune.Value));
            at += rune.Utf16SequenceLength;
        }
        return behavior.Apply(parts).Select(p => text[p.Start..p.End]);
    };

    // Every matching character is a match of its own; what lies between is one stretch.
    private static void AddCharacter(List<(int Start, int End, bool IsMatch)> parts, int start, int end, bool isMatch)
    {
        if (!isMatch && parts.Count > 0 && !parts[^1].IsMatch)
            parts[^1] = (parts[^1].Start, end, false);
        else
            parts.Add((start, end, isMatch));
    }

    private static List<(int, int, bool)> Inverted(List<(int Start, int End, bool IsMatch)> parts, bool invert) =>
        invert ? [.. parts.Select(p => (p.Start, p.End, !p.IsMatch))] : parts;
}
