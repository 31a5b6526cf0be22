using System.Globalization;
using System.Text;

namespace ProofMesh.Inference;

/// <summary>The filters of chat templates.</summary>
internal static class Filters
{
    private const int MaxIndent = 16;

    public static object? Apply(string name, object? value, CallArguments arguments) => name switch
    {
        "trim" => StringMethods.Strip(ValueText.Print(value), arguments, left: true, right: true),
        "length" or "count" => Length(value),
        "tojson" => ToJson(value, arguments),
        "upper" => ValueText.Print(value).ToUpperInvariant(),
        "lower" => ValueText.Print(value).ToLowerInvariant(),
        "capitalize" => StringMethods.Capitalize(ValueText.Print(value)),
        "title" => StringMethods.Title(ValueText.Print(value)),
        "join" => StringMethods.Join(arguments.State, arguments.Text(0, "d", ""), Attributes(value, arguments.Get(1, "attribute"))),
        "default" or "d" => Default(value, arguments),
        "first" => Operations.Items(value) is [var first, ..] ? first : new Undefined("the first item"),
        "last" => Operations.Items(value) is [.., var last] ? last : new Undefined("the last item"),
        "list" => Operations.Items(value).ToList(),
        "items" => value is Undefined ? new List<object?>() : CollectionMethods.Items(Map(value)),
        "dictsort" => Sorted(CollectionMethods.Items(Map(value)), pair => Operations.Items(pair)[0], false, false),
        "string" => ValueText.Print(value),
        "safe" => value,
        "escape" or "e" => Escape(ValueText.Print(value)),
        "replace" => StringMethods.Replace(ValueText.Print(value), arguments),
        "indent" => Indent(ValueText.Print(value), arguments),
        "reverse" => value is string text ? string.Concat(Operations.Items(text).AsEnumerable().Reverse()) : Operations.Items(value).AsEnumerable().Reverse().ToList(),
        "int" => Integer(value, arguments),
        "float" => Operations.Number(value) ?? (double.TryParse(ValueText.Print(value), CultureInfo.InvariantCulture, out var number) ? number : 0d),
        "abs" => Operations.Compare(value, 0L) < 0 ? Operations.Negate(value) : value,
        "round" => Math.Round(Operations.Number(value) ?? throw new TemplateFault($"{Operations.Kind(value)} can't be rounded"), (int)Math.Clamp(arguments.Integer(0, "precision", 0), 0, 15)),
        "sum" => Attributes(value, arguments.Get(0, "attribute")).Aggregate((object)0L, (a, b) => Operations.Arithmetic("+", a, b)),
        "min" => Sorted(Operations.Items(value), i => i, false, false).FirstOrDefault(new Undefined("the least item")),
        "max" => Sorted(Operations.Items(value), i => i, true, false).FirstOrDefault(new Undefined("the greatest item")),
        "sort" => Sort(value, arguments),
        "unique" => Unique(Operations.Items(value), arguments.State),
        "map" => Map(value, arguments),
        "select" => Select(value, arguments, byAttribute: false, keep: true),
        "reject" => Select(value, arguments, byAttribute: false, keep: false),
        "selectattr" => Select(value, arguments, byAttribute: true, keep: true),
        "rejectattr" => Select(value, arguments, byAttribute: true, keep: false),
        _ => throw new TemplateFault($"the filter '{name}' isn't known"),
    };

    private static object Length(object? value) => value switch
    {
        TemplateMap map => (long)map.Count,
        string text => (long)text.EnumerateRunes().Count(),
        _ => (long)Operations.Items(value).Count,
    };

    private static string ToJson(object? value, CallArguments arguments)
    {
        int? indent = arguments.Get(0, "indent") is long width ? (int)Math.Clamp(width, 0, MaxIndent) : null;
        var (item, key) = (indent is null ? ", " : ",", ": ");
        if (arguments.Named.GetValueOrDefault("separators") is List<object?> { Count: 2 } separators)
            (item, key) = (ValueText.Print(separators[0]), ValueText.Print(separators[1]));
        return ValueText.Json(arguments.State, value, indent, item, key);
    }

    private static object? Default(object? value, CallArguments arguments)
    {
        var alsoFalse = Operations.IsTrue(arguments.Get(1, "boolean", false));
        return value is Undefined || (alsoFalse && !Operations.IsTrue(value)) ? arguments.Get(0, "default_value", "") : value;
    }

    private static object Integer(object? value, CallArguments arguments) => value switch
    {
        long or bool => Convert.ToInt64(value),
        double number when Math.Abs(number) < long.MaxValue => (long)number,
        string text when long.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        string text when double.TryParse(text, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) < long.MaxValue => (long)number,
        _ => arguments.Integer(0, "default", 0),
    };

    private static string Escape(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal)
        .Replace("\"", "&#34;", StringComparison.Ordinal).Replace("'", "&#39;", StringComparison.Ordinal);

    private static string Indent(string text, CallArguments arguments)
    {
        var margin = arguments.Get(0, "width", 4L) is string given ? given : new string(' ', (int)Math.Clamp(arguments.Integer(0, "width", 4), 0, MaxIndent));
        var first = Operations.IsTrue(arguments.Get(1, "first", false));
        var blank = Operations.IsTrue(arguments.Get(2, "blank", false));
        var lines = text.Split('\n');
        arguments.State.Create(text.Length + (long)lines.Length * margin.Length);
        var indented = new StringBuilder();
        for (var i = 0; i < lines.Length; i++)
        {
            var indents = (i > 0 || first) && (blank || lines[i].Length > 0);
            indented.Append(i > 0 ? "\n" : "").Append(indents ? margin : "").Append(lines[i]);
        }
        return indented.ToString();
    }

    private static List<object?> Sort(object? value, CallArguments arguments)
    {
        var attribute = arguments.Get(2, "attribute") as string;
        return Sorted(
            Operations.Items(value),
            item => attribute is null ? item : Access.Path(item, attribute),
            Operations.IsTrue(arguments.Get(0, "reverse", false)),
            Operations.IsTrue(arguments.Get(1, "case_sensitive", false)));
    }

    private static List<object?> Sorted(List<object?> items, Func<object?, object?> key, bool descending, bool caseSensitive)
    {
        object? Key(object? item) => key(item) is string text && !caseSensitive ? text.ToLowerInvariant() : key(item);
        var order = Comparer<object?>.Create((a, b) => Operations.Compare(a, b));
        try
        {
            return [.. descending ? items.OrderByDescending(Key, order) : items.OrderBy(Key, order)];
        }
        catch (InvalidOperationException fault) when (fault.InnerException is TemplateFault inner)
        {
            throw new TemplateFault(inner.Message);
        }
    }

    private static List<object?> Unique(List<object?> items, RenderState state)
    {
        var unique = new List<object?>();
        foreach (var item in items)
        {
            state.CreateItems(unique.Count / 8);
            if (!unique.Exists(u => Operations.Equals(u, item)))
                unique.Add(item);
        }
        return unique;
    }

    private static List<object?> Map(object? value, CallArguments arguments)
    {
        if (arguments.Named.GetValueOrDefault("attribute") is { } attribute)
        {
            var otherwise = arguments.Named.GetValueOrDefault("default", null);
            return Attributes(value, attribute).ConvertAll(v => v is Undefined && arguments.Named.ContainsKey("default") ? otherwise : v);
        }
        var filter = arguments.Text(0, "filter");
        var rest = Rest(arguments, 1);
        return Operations.Items(value).ConvertAll(item => Apply(filter, item, rest));
    }

    private static List<object?> Select(object? value, CallArguments arguments, bool byAttribute, bool keep)
    {
        var test = byAttribute ? 1 : 0;
        var name = arguments.Positional.Count > test ? arguments.Text(test, "test") : null;
        var rest = Rest(arguments, test + 1);
        return Operations.Items(value).FindAll(item =>
        {
            arguments.State.Step(arguments.State.Line);
            var subject = byAttribute ? Access.Path(item, arguments.Text(0, "attribute")) : item;
            return (name is null ? Operations.IsTrue(subject) : ValueTests.Holds(name, subject, rest)) == keep;
        });
    }

    private static CallArguments Rest(CallArguments arguments, int from) =>
        new(arguments.State, arguments.Positional.Skip(from).ToList(), arguments.Named);

    private static List<object?> Attributes(object? value, object? path) =>
        path is null ? Operations.Items(value) : Operations.Items(value).ConvertAll(i => path is long index ? Access.Item(i, index) : Access.Path(i, ValueText.Print(path)));

    private static TemplateMap Map(object? value) => value as TemplateMap ?? throw new TemplateFault($"{Operations.Kind(value)} is no mapping");
}
