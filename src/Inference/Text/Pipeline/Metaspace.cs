using System.Text.Json;

namespace ProofMesh.Inference;

/// <summary>SentencePiece's way with spaces: they become visible characters, and a word begins with one.</summary>
internal static class Metaspace
{
    public static PreTokenizer Read(JsonElement element)
    {
        var replacement = element.OptionalText("replacement") ?? "▁";
        var scheme = Scheme(element);
        var boundary = Pattern.Literal(replacement);
        var split = element.Flag("split", true);
        return (text, first) =>
        {
            text = text.Replace(" ", replacement, StringComparison.Ordinal);
            if ((scheme == "always" || (scheme == "first" && first)) && !text.StartsWith(replacement, StringComparison.Ordinal))
                text = replacement + text;
            return split ? PreTokenizers.Split(boundary, SplitBehavior.MergedWithNext, invert: false)(text, first) : [text];
        };
    }

    /// <summary>always, first or never; older files say it with a flag.</summary>
    public static string Scheme(JsonElement element) =>
        element.OptionalText("prepend_scheme") ?? (element.Flag("add_prefix_space", true) ? "always" : "never");
}
