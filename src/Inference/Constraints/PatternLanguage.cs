using System.Globalization;

namespace ProofMesh.Inference;

/// <summary>Reads a regular expression as a language: alternation, groups, classes, escapes, counts. A match is of the whole text unless it is a search.</summary>
/// <param name="characters">How a set of characters is written where the text stands: plainly, or inside a JSON string.</param>
/// <param name="place">Where the pattern stands, for messages.</param>
internal sealed class PatternLanguage(Language language, string pattern, Func<CodePointRanges, int> characters, string place)
{
    private const int MaxLength = 4096;
    private const int MaxDepth = 64;
    private const int MaxCount = 1000;

    private static readonly CodePointRanges Digits = CodePointRanges.Of(('0', '9'));
    private static readonly CodePointRanges Words = CodePointRanges.Of(('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z'));
    private static readonly CodePointRanges Spaces = CodePointRanges.Of((9, 13), (' ', ' '), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF));
    private static readonly CodePointRanges Lines = CodePointRanges.Of((10, 10), (13, 13), (0x2028, 0x2029));

    private int _at;
    private int _depth;

    /// <param name="search">Whether text may stand before and behind, where no ^ or $ forbids it.</param>
    public int Read(bool search)
    {
        if (pattern.Length > MaxLength)
            throw new ConstraintException($"{place}: the pattern has {pattern.Length} characters; at most {MaxLength} are read.");
        var anything = search ? language.Repeat(characters(CodePointRanges.All), 0, -1) : Language.Empty;
        var start = Take('^') ? Language.Empty : anything;
        var body = Alternation();
        var end = Take('$') ? Language.Empty : anything;
        return _at == pattern.Length ? language.Then(start, body, end) : throw Fault("an unmatched ')' or an anchor inside");
    }

    private int Alternation()
    {
        if (++_depth > MaxDepth)
            throw Fault($"groups more than {MaxDepth} deep");
        var result = Sequence();
        while (Take('|'))
            result = language.Either(result, Sequence());
        _depth--;
        return result;
    }

    private int Sequence()
    {
        var parts = new List<int>();
        while (_at < pattern.Length && pattern[_at] is not ('|' or ')') && !(pattern[_at] == '$' && _at == pattern.Length - 1))
            parts.Add(Quantified());
        return language.Then([.. parts]);
    }

    private int Quantified()
    {
        var atom = Take('(') ? Group() : characters(Take('[') ? Class() : Single());
        var (min, max) = Count();
        // Lazy and possessive counts choose among matches; here every match is allowed.
        if (_at < pattern.Length && pattern[_at] is '?' or '+' && (min, max) != (1, 1))
            _at++;
        return language.Repeat(atom, min, max);
    }

    private int Group()
    {
        if (Take('?') && !Take(':'))
            throw Fault("a group of a kind that isn't supported: only ( ) and (?: ) are");
        var body = Alternation();
        return Take(')') ? body : throw Fault("a '(' without its ')'");
    }

    private (int Min, int Max) Count()
    {
        if (Take('*'))
            return (0, -1);
        if (Take('+'))
            return (1, -1);
        if (Take('?'))
            return (0, 1);
        if (!Take('{'))
            return (1, 1);
        var min = Number();
        var max = !Take(',') ? min : _at < pattern.Length && pattern[_at] == '}' ? -1 : Number();
        return Take('}') && (max < 0 || max >= min) ? (min, max) : throw Fault("a '{' that counts nothing");
    }

    private int Number()
    {
        var start = _at;
        while (_at < pattern.Length && char.IsAsciiDigit(pattern[_at]))
            _at++;
        return int.TryParse(pattern.AsSpan(start, _at - start), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= MaxCount
            ? number
            : throw Fault($"a count that isn't from 0 to {MaxCount}");
    }

    private CodePointRanges Class()
    {
        var negated = Take('^');
        var ranges = new List<(int, int)>();
        while (!Take(']'))
        {
            var first = Member();
            if (first.Ranges is [var (low, same)] && low == same && _at + 1 < pattern.Length && pattern[_at] == '-' && pattern[_at + 1] != ']')
            {
                _at++;
                var last = Member();
                if (last.Ranges is not [var (high, alike)] || high != alike || high < low)
                    throw Fault("a range without order");
                ranges.Add((low, high));
            }
            else
            {
                ranges.AddRange(first.Ranges);
            }
        }
        var set = CodePointRanges.Of(ranges).Without(CodePointRanges.Surrogates);
        return negated ? set.Negate() : set;
    }

    private CodePointRanges Member() => _at < pattern.Length && pattern[_at] == '.' ? Literal() : Single(inClass: true);

    private CodePointRanges Single(bool inClass = false)
    {
        if (_at >= pattern.Length)
            throw Fault("an end where a character should stand");
        if (!inClass && Take('.'))
            return Lines.Negate();
        if (!inClass && pattern[_at] is '*' or '+' or '?' or '{' or '^' or '$')
            throw Fault($"'{pattern[_at]}' where a character should stand");
        return Take('\\') ? Escape() : Literal();
    }

    private CodePointRanges Literal()
    {
        if (char.IsSurrogate(pattern[_at]) && !(_at + 1 < pattern.Length && char.IsSurrogatePair(pattern[_at], pattern[_at + 1])))
            throw Fault("half a character");
        var value = char.ConvertToUtf32(pattern, _at);
        _at += value > char.MaxValue ? 2 : 1;
        return CodePointRanges.Of((value, value));
    }

    private CodePointRanges Escape()
    {
        if (_at >= pattern.Length)
            throw Fault("an end where an escaped character should stand");
        var c = pattern[_at++];
        return c switch
        {
            'd' => Digits,
            'D' => Digits.Negate(),
            'w' => Words,
            'W' => Words.Negate(),
            's' => Spaces,
            'S' => Spaces.Negate(),
            'n' => One('\n'),
            'r' => One('\r'),
            't' => One('\t'),
            'f' => One('\f'),
            'v' => One('\v'),
            'x' => One(Hex(2)),
            'u' => One(Hex(4)),
            _ when !char.IsAsciiLetterOrDigit(c) && c < 128 => One(c),
            _ => throw Fault($"the escape \\{c}, which isn't supported"),
        };
    }

    private int Hex(int digits)
    {
        if (_at + digits <= pattern.Length && int.TryParse(pattern.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) && !char.IsSurrogate((char)value))
        {
            _at += digits;
            return value;
        }
        throw Fault($"an escape without {digits} hexadecimal digits of a character");
    }

    private static CodePointRanges One(int value) => CodePointRanges.Of((value, value));

    private bool Take(char expected)
    {
        if (_at >= pattern.Length || pattern[_at] != expected)
            return false;
        _at++;
        return true;
    }

    private ConstraintException Fault(string what) => new($"{place}: the pattern has {what}, at character {_at}.");
}
