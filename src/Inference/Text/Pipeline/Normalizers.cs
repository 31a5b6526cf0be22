using System.Text;
using System.Text.Json;

namespace ProofMesh.Inference;

/// <summary>What is done to a text before it is cut: each normaliser is a function from text to text.</summary>
internal static class Normalizers
{
    public static Func<string, string> Read(JsonElement? json)
    {
        if (json is not { } element)
            return text => text;
        switch (element.Kind())
        {
            case "Sequence": return Chain([.. element.List("normalizers").Select(n => Read(n))]);
            case "NFC": return text => UnicodeNormalizer.Normalize(text, compose: true, compatibility: false);
            case "NFD": return text => UnicodeNormalizer.Normalize(text, compose: false, compatibility: false);
            case "NFKC": return text => UnicodeNormalizer.Normalize(text, compose: true, compatibility: true);
            case "NFKD": return text => UnicodeNormalizer.Normalize(text, compose: false, compatibility: true);
            case "Lowercase": return Lowercase;
            case "StripAccents": return StripAccents;
            case "Prepend": return Prepend(element.Text("prepend"));
            case "Replace": return Replace(element);
            case "Strip": return Strip(element.Flag("strip_left", true), element.Flag("strip_right", true));
            case var other: throw new TokenizerException($"The normaliser '{other}' isn't supported.");
        }
    }

    private static Func<string, string> Chain(Func<string, string>[] steps) => text =>
    {
        foreach (var step in steps)
            text = step(text);
        return text;
    };

    // The one letter whose lower case is two characters is not in the runtime's simple mapping.
    private static string Lowercase(string text) => text.Replace("\u0130", "i\u0307").ToLowerInvariant();

    private static string StripAccents(string text)
    {
        var marks = UnicodeClass.Mask("M")!.Value;
        var builder = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if ((CodePoints.Category(rune.Value) & marks) == 0)
                builder.Append(rune);
        }
        return builder.ToString();
    }

    private static Func<string, string> Prepend(string prefix) => text => text.Length == 0 ? text : prefix + text;

    private static Func<string, string> Replace(JsonElement element)
    {
        var content = element.Text("content");
        if (element.Required("pattern").OptionalText("String") is { Length: > 0 } literal)
            return text => text.Replace(literal, content, StringComparison.Ordinal);
        var pattern = element.Pattern();
        return text =>
        {
            var builder = new StringBuilder(text.Length);
            foreach (var (start, end, isMatch) in pattern.Cut(text))
                builder.Append(isMatch ? content : text.AsSpan(start, end - start));
            return builder.ToString();
        };
    }

    private static Func<string, string> Strip(bool left, bool right) => text =>
    {
        var (start, end) = (0, text.Length);
        while (left && start < end && CodePoints.IsSpace(text[start]))
            start++;
        while (right && end > start && CodePoints.IsSpace(text[end - 1]))
            end--;
        return text[start..end];
    };
}
