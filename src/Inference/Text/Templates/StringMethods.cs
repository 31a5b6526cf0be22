using System.Text;

namespace ProofMesh.Inference;

/// <summary>Python's methods of strings, as far as chat templates use them.</summary>
internal static class StringMethods
{
    public static Callable? Find(string text, string name) => name switch
    {
        "strip" => a => Strip(text, a, left: true, right: true),
        "lstrip" => a => Strip(text, a, left: true, right: false),
        "rstrip" => a => Strip(text, a, left: false, right: true),
        "split" => a => Split(text, a, fromRight: false),
        "rsplit" => a => Split(text, a, fromRight: true),
        "splitlines" => _ => Lines(text),
        "startswith" => a => AnyOf(a, text.StartsWith),
        "endswith" => a => AnyOf(a, text.EndsWith),
        "removeprefix" => a => text.StartsWith(a.Text(0, "prefix"), StringComparison.Ordinal) ? text[a.Text(0, "prefix").Length..] : text,
        "removesuffix" => a => text.EndsWith(a.Text(0, "suffix"), StringComparison.Ordinal) ? text[..^a.Text(0, "suffix").Length] : text,
        "upper" => _ => text.ToUpperInvariant(),
        "lower" => _ => text.ToLowerInvariant(),
        "capitalize" => _ => Capitalize(text),
        "title" => _ => Title(text),
        "replace" => a => Replace(text, a),
        "find" => a => (long)text.IndexOf(a.Text(0, "sub"), StringComparison.Ordinal),
        "rfind" => a => (long)text.LastIndexOf(a.Text(0, "sub"), StringComparison.Ordinal),
        "count" => a => Count(text, a.Text(0, "sub")),
        "join" => a => Join(a.State, text, Operations.Items(a.Required(0, "iterable"))),
        "isdigit" => _ => text.Length > 0 && text.All(char.IsDigit),
        "isalpha" => _ => text.Length > 0 && text.All(char.IsLetter),
        "isalnum" => _ => text.Length > 0 && text.All(char.IsLetterOrDigit),
        "isspace" => _ => text.Length > 0 && text.All(char.IsWhiteSpace),
        "isupper" => _ => text.Any(char.IsUpper) && !text.Any(char.IsLower),
        "islower" => _ => text.Any(char.IsLower) && !text.Any(char.IsUpper),
        _ => null,
    };

    public static string Capitalize(string text) => text.Length == 0 ? text : text[..1].ToUpperInvariant() + text[1..].ToLowerInvariant();

    public static string Title(string text)
    {
        var title = new StringBuilder(text.Length);
        var inWord = false;
        foreach (var c in text)
        {
            title.Append(inWord ? char.ToLowerInvariant(c) : char.ToUpperInvariant(c));
            inWord = char.IsLetter(c);
        }
        return title.ToString();
    }

    public static string Strip(string text, CallArguments arguments, bool left, bool right)
    {
        var characters = arguments.Get(0, "chars") as string;
        bool Drops(char c) => characters?.Contains(c) ?? char.IsWhiteSpace(c);
        var (start, end) = (0, text.Length);
        while (left && start < end && Drops(text[start]))
            start++;
        while (right && end > start && Drops(text[end - 1]))
            end--;
        return text[start..end];
    }

    public static string Replace(string text, CallArguments arguments)
    {
        var (old, replacement, count) = (arguments.Text(0, "old"), arguments.Text(1, "new"), arguments.Integer(2, "count", -1));
        var found = Count(text, old);
        var times = count < 0 ? found : Math.Min(count, found);
        arguments.State.Create(text.Length + times * Math.Max(0L, replacement.Length - old.Length));
        if (times == found && old.Length > 0)
            return text.Replace(old, replacement, StringComparison.Ordinal);
        var parts = old.Length == 0 ? [] : text.Split(old, (int)Math.Min(times, int.MaxValue - 1) + 1);
        return old.Length > 0 ? string.Join(replacement, parts) : throw new TemplateFault("replacing nothing by something has no end");
    }

    public static string Join(RenderState state, string separator, List<object?> items)
    {
        var parts = items.ConvertAll(ValueText.Print);
        state.Create(parts.Sum(p => (long)p.Length) + (long)separator.Length * parts.Count);
        return string.Join(separator, parts);
    }

    private static object AnyOf(CallArguments arguments, Func<string, StringComparison, bool> matches) => arguments.Required(0, "prefix") switch
    {
        string affix => matches(affix, StringComparison.Ordinal),
        List<object?> affixes => affixes.OfType<string>().Any(a => matches(a, StringComparison.Ordinal)),
        var other => throw new TemplateFault($"{Operations.Kind(other)} is no beginning or end of a string"),
    };

    private static List<object?> Split(string text, CallArguments arguments, bool fromRight)
    {
        arguments.State.CreateItems(text.Length);
        var most = arguments.Integer(1, "maxsplit", -1);
        var separator = arguments.Get(0, "sep") as string;
        if (separator?.Length == 0)
            throw new TemplateFault("an empty separator");
        if (separator is null)
            return Words(text, most);
        if (most < 0 || most >= int.MaxValue)
            return [.. text.Split(separator)];
        if (!fromRight)
            return [.. text.Split(separator, (int)most + 1)];
        var parts = text.Split(separator);
        var joined = Math.Max(1, parts.Length - (int)most);
        return [string.Join(separator, parts[..joined]), .. parts[joined..]];
    }

    private static List<object?> Words(string text, long most)
    {
        var words = new List<object?>();
        var rest = text.AsSpan().Trim();
        while (rest.Length > 0 && (most < 0 || words.Count < most))
        {
            var end = 0;
            while (end < rest.Length && !char.IsWhiteSpace(rest[end]))
                end++;
            words.Add(rest[..end].ToString());
            rest = rest[end..].TrimStart();
        }
        if (rest.Length > 0)
            words.Add(rest.ToString());
        return words;
    }

    private static List<object?> Lines(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n').ToList<object?>();
        if (lines[^1] is "")
            lines.RemoveAt(lines.Count - 1);
        return lines;
    }

    private static long Count(string text, string part) => part.Length == 0 ? text.Length + 1 : text.AsSpan().Count(part);
}
