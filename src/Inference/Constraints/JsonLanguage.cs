using System.Text;

namespace ProofMesh.Inference;

/// <summary>JSON's values as languages, spaced one way: at most one space behind a comma or colon.</summary>
/// <remarks>Free white space would let a model write it without end.</remarks>
internal sealed class JsonLanguage
{
    private static readonly CodePointRanges Plain = CodePointRanges.All.Without(CodePointRanges.Of((0, 31), ('"', '"'), ('\\', '\\')));

    private readonly Language _language;

    public JsonLanguage(Language language)
    {
        _language = language;
        Comma = language.Then(language.Text(","), language.Optional(language.Text(" ")));
        Colon = language.Then(language.Text(":"), language.Optional(language.Text(" ")));
        AnyCharacter = Characters(CodePointRanges.All);
        String = Quoted(language.Repeat(AnyCharacter, 0, -1));
        var digits = language.Repeat(language.Bytes('0', '9'), 0, 17);
        Integer = language.Then(language.Optional(language.Text("-")), language.Either(language.Text("0"), language.Then(language.Bytes('1', '9'), digits)));
        Number = language.Then(Integer, language.Optional(language.Then(language.Text("."), language.Repeat(language.Bytes('0', '9'), 1, 17))), language.Optional(Exponent()));
        Boolean = language.Either(language.Text("true"), language.Text("false"));
        Null = language.Text("null");
        Any = language.Rule();
        Object = Braced("{", Listed(Member(String, Any), 0, -1), "}");
        language.Define(Any, language.Either(String, Number, Boolean, Null, Object, Braced("[", Listed(Any, 0, -1), "]")));
    }

    public int Comma { get; }

    public int Colon { get; }

    /// <summary>One character inside a string.</summary>
    public int AnyCharacter { get; }

    public int String { get; }

    public int Integer { get; }

    public int Number { get; }

    public int Boolean { get; }

    public int Null { get; }

    public int Any { get; }

    public int Object { get; }

    public int Quoted(int characters) => _language.Then(_language.Text("\""), characters, _language.Text("\""));

    public int Braced(string open, int content, string close) => _language.Then(_language.Text(open), content, _language.Text(close));

    public int Member(int name, int value) => _language.Then(name, Colon, value);

    /// <summary>From min to max of an item with commas between; max −1: without end.</summary>
    public int Listed(int item, int min, int max)
    {
        if (max == 0)
            return Language.Empty;
        var list = _language.Then(item, _language.Repeat(_language.Then(Comma, item), Math.Max(0, min - 1), max < 0 ? -1 : max - 1));
        return min == 0 ? _language.Optional(list) : list;
    }

    /// <summary>A string that is none of these.</summary>
    public int OtherThan(IReadOnlyList<string> texts) => _language.Then(_language.Text("\""), After([.. texts.Select(text => text.EnumerateRunes().Select(rune => rune.Value).ToArray())], 0));

    // texts: those that begin with what was read, which has so many characters. The closing quote belongs to what follows.
    private int After(List<int[]> texts, int read)
    {
        var next = texts.Where(text => text.Length > read).GroupBy(text => text[read]).ToList();
        var others = CodePointRanges.All.Without(CodePointRanges.Of(next.Select(step => (step.Key, step.Key))));
        return _language.Either([
            texts.Exists(text => text.Length == read) ? Language.Nothing : _language.Text("\""),
            _language.Then(Characters(others), _language.Repeat(AnyCharacter, 0, -1), _language.Text("\"")),
            .. next.Select(step => _language.Then(Characters(CodePointRanges.Of((step.Key, step.Key))), After([.. step], read + 1))),
        ]);
    }

    /// <summary>A set of characters inside a string: those that JSON escapes, escaped.</summary>
    public int Characters(CodePointRanges set)
    {
        var parts = new List<int> { Plain.Without(Plain.Without(set)).Utf8(_language) };
        foreach (var escaped in Enumerable.Range(0, 32).Append('"').Append('\\').Where(set.Contains))
            parts.Add(_language.Text(Escaped(escaped)));
        return _language.Either([.. parts]);
    }

    /// <summary>A text as the inside of a string.</summary>
    public static string Escape(string text)
    {
        var result = new StringBuilder();
        foreach (var c in text)
            _ = c is < ' ' or '"' or '\\' ? result.Append(Escaped(c)) : result.Append(c);
        return result.ToString();
    }

    private static string Escaped(int c) => c switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\b' => "\\b",
        '\f' => "\\f",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        _ => $"\\u{c:x4}",
    };

    private int Exponent() => _language.Then(
        _language.Bytes(ByteSet.Range('e', 'e') with { Low = ByteSet.Range('e', 'e').Low | ByteSet.Range('E', 'E').Low }),
        _language.Optional(_language.Either(_language.Text("+"), _language.Text("-"))),
        _language.Repeat(_language.Bytes('0', '9'), 1, 3));
}
