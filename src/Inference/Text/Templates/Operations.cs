using System.Globalization;
using System.Numerics;

namespace ProofMesh.Inference;

/// <summary>Python's operators on the values of a template.</summary>
internal static class Operations
{
    private const int MaxWalkedText = 1 << 20;

    public static bool IsTrue(object? value) => value switch
    {
        null or Undefined or false or 0L or 0d or "" => false,
        List<object?> list => list.Count > 0,
        TemplateMap map => map.Count > 0,
        _ => true,
    };

    public static new bool Equals(object? left, object? right) => Equals(left, right, new RenderBudget());

    private static bool Equals(object? left, object? right, RenderBudget budget)
    {
        budget.Visit();
        if (Number(left) is { } a && Number(right) is { } b)
            return a == b;
        return (left, right) switch
        {
            (List<object?> x, List<object?> y) => x.Count == y.Count && x.Zip(y).All(p => Equals(p.First, p.Second, budget)),
            (TemplateMap x, TemplateMap y) => x.Count == y.Count && x.All(p => y.TryGetValue(p.Key, out var other) && Equals(p.Value, other, budget)),
            (Undefined, Undefined) => true,
            _ => object.Equals(left, right),
        };
    }

    public static int Compare(object? left, object? right)
    {
        if (Number(left) is { } a && Number(right) is { } b)
            return a.CompareTo(b);
        if (left is string x && right is string y)
            return string.CompareOrdinal(x, y);
        throw new TemplateFault($"{Kind(left)} and {Kind(right)} can't be ordered");
    }

    public static bool Contains(object? container, object? item) => container switch
    {
        string text => item is string part ? text.Contains(part, StringComparison.Ordinal) : throw new TemplateFault("'in <string>' needs a string"),
        TemplateMap map => item is string key && map.ContainsKey(key),
        List<object?> list => list.Exists(i => Equals(i, item)),
        _ => throw new TemplateFault($"{Kind(container)} can't contain anything"),
    };

    public static object Add(RenderState state, object? left, object? right)
    {
        switch (left, right)
        {
            case (string a, string b):
                state.Create((long)a.Length + b.Length);
                return a + b;
            case (List<object?> a, List<object?> b):
                state.CreateItems((long)a.Count + b.Count);
                return new List<object?>([.. a, .. b]);
            default:
                return Arithmetic("+", left, right);
        }
    }

    public static object Multiply(RenderState state, object? left, object? right)
    {
        if (left is long && right is string or List<object?>)
            (left, right) = (right, left);
        var times = right is long count ? (int)Math.Clamp(count, 0, int.MaxValue) : 0;
        switch (left)
        {
            case string text when right is long:
                state.Create((long)text.Length * times);
                return string.Concat(Enumerable.Repeat(text, text.Length == 0 ? 0 : times));
            case List<object?> list when right is long:
                state.CreateItems((long)list.Count * times);
                return Enumerable.Repeat(list, list.Count == 0 ? 0 : times).SelectMany(l => l).ToList();
            default:
                return Arithmetic("*", left, right);
        }
    }

    public static object Arithmetic(string symbol, object? left, object? right)
    {
        var (a, b) = (Flat(left), Flat(right));
        if (a is not (long or double) || b is not (long or double))
            throw new TemplateFault($"{Kind(left)} {symbol} {Kind(right)} has no meaning");
        if (symbol is "/" or "//" or "%" && Number(b) == 0)
            throw new TemplateFault("division by zero");
        try
        {
            return a is long x && b is long y ? Integers(symbol, x, y) : Floats(symbol, Number(a)!.Value, Number(b)!.Value);
        }
        catch (OverflowException)
        {
            throw new TemplateFault($"{left} {symbol} {right} is too large");
        }
    }

    public static object Negate(object? value) => Arithmetic("-", 0L, value);

    public static double? Number(object? value) => value switch
    {
        long number => number,
        double number => number,
        bool flag => flag ? 1 : 0,
        _ => null,
    };

    /// <summary>The items that a loop or a filter walks: of a list, the keys of a map, the characters of a string.</summary>
    public static List<object?> Items(object? value) => value switch
    {
        List<object?> list => list,
        TemplateMap map => [.. map.Keys],
        string { Length: > MaxWalkedText } => throw new TemplateFault($"a string longer than {MaxWalkedText} can't be walked"),
        string text => [.. text.EnumerateRunes().Select(r => r.ToString())],
        Undefined => [],
        _ => throw new TemplateFault($"{Kind(value)} can't be walked"),
    };

    public static string Kind(object? value) => value switch
    {
        null => "none",
        Undefined undefined => $"the undefined '{undefined.Name}'",
        bool => "a truth value",
        long => "an integer",
        double => "a float",
        string => "a string",
        List<object?> => "a list",
        TemplateMap => "a mapping",
        _ => "an object",
    };

    private static object? Flat(object? value) => value is bool flag ? (flag ? 1L : 0L) : value;

    private static object Integers(string symbol, long a, long b) => symbol switch
    {
        "+" => checked(a + b),
        "-" => checked(a - b),
        "*" => checked(a * b),
        "/" => (double)a / b,
        "//" => (long)Math.Floor((decimal)a / b),
        "%" => a - b * (long)Math.Floor((decimal)a / b),
        _ => Power(a, b),
    };

    private static object Floats(string symbol, double a, double b) => symbol switch
    {
        "+" => a + b,
        "-" => a - b,
        "*" => a * b,
        "/" => a / b,
        "//" => Math.Floor(a / b),
        "%" => a - b * Math.Floor(a / b),
        _ => Math.Pow(a, b),
    };

    private static object Power(long a, long b)
    {
        if (b < 0)
            return Math.Pow(a, b);
        if (b > 64 && a is not (0 or 1 or -1))
            throw new OverflowException();
        return (long)BigInteger.Pow(a, (int)Math.Min(b, 64 + b % 2));
    }

    /// <summary>A float as Python writes it.</summary>
    public static string FloatText(double value)
    {
        if (!double.IsFinite(value))
            return double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        var shortest = value.ToString("R", CultureInfo.InvariantCulture);
        if (Math.Abs(value) is >= 1e15 and < 1e16)
            return value.ToString("F1", CultureInfo.InvariantCulture);
        return shortest.Contains('E') ? shortest.Replace('E', 'e') : shortest.Contains('.') ? shortest : shortest + ".0";
    }
}
