using System.Globalization;

namespace ProofMesh.Inference;

/// <summary>Reads escapes and bracketed classes of a pattern.</summary>
internal sealed class PatternClassParser(string pattern)
{
    private static readonly CodePointSet Any = new(c => c != '\n');
    private static readonly CodePointSet Space = new(CodePoints.IsSpace);
    private static readonly CodePointSet Word = new(CodePoints.IsWord);
    private static readonly CodePointSet Digit = CodePointSet.OfCategories(UnicodeClass.Mask("Nd")!.Value);

    /// <summary>One class outside brackets: a literal, an escape or the dot.</summary>
    public CodePointSet Single(ref int at)
    {
        if (pattern[at] is '*' or '+' or '?' or '{')
            throw Fault("a quantifier of nothing", at);
        if (pattern[at] == '.')
        {
            at++;
            return Any;
        }
        return Item(ref at, out var literal) ?? CodePointSet.Range(literal, literal);
    }

    /// <summary>A class in brackets, from its '[' to past its ']'.</summary>
    public CodePointSet Bracket(ref int at)
    {
        var start = at++;
        var negate = at < pattern.Length && pattern[at] == '^';
        if (negate)
            at++;
        var parts = new List<CodePointSet>();
        while (at < pattern.Length && pattern[at] != ']')
            parts.Add(pattern[at] == '[' ? Bracket(ref at) : Member(ref at));
        if (at >= pattern.Length || parts.Count == 0)
            throw Fault("a '[' without its ']'", start);
        at++;
        var set = CodePointSet.Union(parts);
        return negate ? set.Negate() : set;
    }

    private CodePointSet Member(ref int at)
    {
        if (pattern.AsSpan(at).StartsWith("&&") || pattern.AsSpan(at).StartsWith("[:"))
            throw Fault("an unsupported class operation", at);
        var set = Item(ref at, out var first);
        if (set is not null)
            return set;
        if (at + 1 >= pattern.Length || pattern[at] != '-' || pattern[at + 1] == ']')
            return CodePointSet.Range(first, first);
        at++;
        if (Item(ref at, out var last) is not null || last < first)
            throw Fault("a range without an end", at);
        return CodePointSet.Range(first, last);
    }

    /// <returns>A class, or null and the literal code point.</returns>
    private CodePointSet? Item(ref int at, out int literal)
    {
        literal = CodePoints.At(pattern, at);
        at += CodePoints.Width(literal);
        if (literal != '\\')
            return null;
        if (at >= pattern.Length)
            throw Fault("a trailing backslash", at);
        var escape = pattern[at++];
        return EscapedClass(escape, ref at) ?? EscapedLiteral(escape, ref at, out literal);
    }

    private CodePointSet? EscapedClass(char escape, ref int at) => escape switch
    {
        's' => Space,
        'S' => Space.Negate(),
        'd' => Digit,
        'D' => Digit.Negate(),
        'w' => Word,
        'W' => Word.Negate(),
        'p' => Property(ref at),
        'P' => Property(ref at).Negate(),
        _ => null,
    };

    private CodePointSet? EscapedLiteral(char escape, ref int at, out int literal)
    {
        literal = escape switch
        {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'f' => '\f',
            'v' => '\v',
            'a' => '\a',
            'e' => 27,
            'x' or 'u' => Hexadecimal(escape, ref at),
            _ when char.IsAsciiLetterOrDigit(escape) => throw Fault($"the unsupported escape \\{escape}", at),
            _ => escape,
        };
        return null;
    }

    private CodePointSet Property(ref int at)
    {
        var name = at < pattern.Length && pattern[at] == '{' ? Braced(ref at) : pattern[at++].ToString();
        var negate = name.StartsWith('^');
        var mask = UnicodeClass.Mask(negate ? name[1..] : name) ?? throw Fault($"the unsupported property '{name}'", at);
        var set = CodePointSet.OfCategories(mask);
        return negate ? set.Negate() : set;
    }

    private int Hexadecimal(char escape, ref int at)
    {
        var length = escape == 'u' ? 4 : 2;
        string digits;
        if (at < pattern.Length && pattern[at] == '{')
        {
            digits = Braced(ref at);
        }
        else
        {
            digits = pattern.Substring(at, Math.Min(length, pattern.Length - at));
            at += digits.Length;
        }
        return int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) && value is >= 0 and <= 0x10FFFF
            ? value
            : throw Fault("an escape without its number", at);
    }

    private string Braced(ref int at)
    {
        var close = pattern.IndexOf('}', at);
        if (close < 0)
            throw Fault("a '{' without its '}'", at);
        var inner = pattern[(at + 1)..close];
        at = close + 1;
        return inner;
    }

    private TokenizerException Fault(string what, int at) => new($"The pattern {pattern} has {what} at {at}.");
}
