using System.Globalization;
using System.Text;

namespace ProofMesh.Inference;

/// <summary>The functions that every template sees.</summary>
internal static class TemplateGlobals
{
    private const long MaxRange = 100_000;

    public static void Define(Scope scope)
    {
        scope["range"] = (Callable)Range;
        scope["namespace"] = (Callable)Namespace;
        scope["dict"] = (Callable)(a => Members(a));
        scope["raise_exception"] = (Callable)(a => throw new TemplateFault(ValueText.Print(a.Get(0, "message", ""))) { RefusedByTemplate = true });
        scope["strftime_now"] = (Callable)(a => Format(a.State.Now(), a.Text(0, "format")));
    }

    private static object Range(CallArguments arguments)
    {
        var single = arguments.Positional.Count == 1;
        var start = single ? 0 : arguments.Integer(0, "start", 0);
        var stop = arguments.Integer(single ? 0 : 1, "stop", 0);
        var step = arguments.Integer(2, "step", 1);
        var count = step == 0 ? throw new TemplateFault("a range can't step by 0") : Math.Max(0, Math.Ceiling(((double)stop - start) / step));
        if (count > MaxRange)
            throw new TemplateFault($"a range of {count} is longer than {MaxRange}");
        arguments.State.CreateItems((long)count);
        return Enumerable.Range(0, (int)count).Select(i => (object?)(start + i * step)).ToList();
    }

    private static object Namespace(CallArguments arguments)
    {
        var space = new TemplateNamespace();
        foreach (var (name, value) in Members(arguments))
            space.Members[name] = value;
        return space;
    }

    private static TemplateMap Members(CallArguments arguments)
    {
        var members = new TemplateMap();
        foreach (var (name, value) in arguments.Positional.OfType<TemplateMap>().SelectMany(m => m).Concat(arguments.Named))
            members[name] = value;
        return members;
    }

    private static string Format(DateTimeOffset now, string format)
    {
        var text = new StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                text.Append(format[i]);
                continue;
            }
            var plain = format[i + 1] == '-' && i + 2 < format.Length;
            i += plain ? 2 : 1;
            var part = Part(now, format[i]);
            text.Append(plain ? part.TrimStart('0') : part);
        }
        return text.ToString();
    }

    private static string Part(DateTimeOffset now, char code) => code switch
    {
        '%' => "%",
        'j' => now.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
        _ => now.ToString(Pattern(code), CultureInfo.InvariantCulture),
    };

    private static string Pattern(char code) => code switch
    {
        'Y' => "yyyy",
        'y' => "yy",
        'm' => "MM",
        'd' => "dd",
        'b' or 'h' => "MMM",
        'B' => "MMMM",
        'a' => "ddd",
        'A' => "dddd",
        'H' => "HH",
        'I' => "hh",
        'M' => "mm",
        'S' => "ss",
        'p' => "tt",
        'F' => "yyyy-MM-dd",
        'T' => "HH:mm:ss",
        _ => throw new TemplateFault($"the date code %{code} isn't known"),
    };
}
