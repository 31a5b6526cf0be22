using System.Text;

namespace ProofMesh.Inference;

/// <summary>Cuts a template into text and tags, with the white space that Hugging Face's settings drop (trim_blocks, lstrip_blocks).</summary>
internal sealed class TemplateLexer
{
    private static readonly string[] Operators =
        ["**", "//", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "~", "<", ">", "=", "(", ")", "[", "]", "{", "}", ".", ",", ":", "|"];

    private readonly string _source;
    private readonly List<TemplateToken> _tokens = [];
    private int _at;
    private int _line = 1;
    private bool _lineStart = true;

    private TemplateLexer(string source) => _source = source;

    public static List<TemplateToken> Read(string source)
    {
        source = source.ReplaceLineEndings("\n");
        var lexer = new TemplateLexer(source.EndsWith('\n') ? source[..^1] : source);
        try
        {
            while (lexer._at < lexer._source.Length)
                lexer.ReadNext();
        }
        catch (TemplateFault fault)
        {
            throw new ChatTemplateException($"line {lexer._line}: {fault.Message}", fault);
        }
        lexer.Add(TokenKind.End, "");
        return lexer._tokens;
    }

    private void ReadNext()
    {
        var open = NextTag();
        if (open < 0)
        {
            AddText(_source[_at..]);
            _at = _source.Length;
            return;
        }
        var kind = _source[open + 1];
        var mark = open + 2 < _source.Length ? _source[open + 2] : ' ';
        AddText(Before(_source[_at..open], kind, mark));
        _line += Lines(_at, open);
        _at = open + (mark is '-' or '+' ? 3 : 2);
        switch (kind)
        {
            case '#': SkipComment(); break;
            case '{': ReadTag(TokenKind.ExpressionStart, TokenKind.ExpressionEnd, "}}"); break;
            default: ReadStatement(); break;
        }
    }

    private int NextTag()
    {
        for (var i = _at; i + 1 < _source.Length; i++)
        {
            if (_source[i] == '{' && (_source[i + 1] is '{' or '%' or '#'))
                return i;
        }
        return -1;
    }

    private string Before(string text, char kind, char mark)
    {
        if (mark == '-')
            return text.TrimEnd();
        if (kind == '{' || mark == '+')
            return text;
        var lineAt = text.LastIndexOf('\n') + 1;
        return (lineAt > 0 || _lineStart) && text.AsSpan(lineAt).IsWhiteSpace() ? text[..lineAt] : text;
    }

    private void AddText(string text)
    {
        if (text.Length > 0)
            Add(TokenKind.Text, text);
    }

    private void SkipComment()
    {
        var close = _source.IndexOf("#}", _at, StringComparison.Ordinal);
        if (close < 0)
            throw new TemplateFault("a comment without its end");
        _line += Lines(_at, close);
        var mark = close > _at ? _source[close - 1] : ' ';
        _at = close + 2;
        AfterTag(mark, trimNewline: true);
    }

    private void ReadStatement()
    {
        if (IsRaw())
        {
            ReadRaw();
            return;
        }
        ReadTag(TokenKind.StatementStart, TokenKind.StatementEnd, "%}");
    }

    private bool IsRaw()
    {
        var rest = _source.AsSpan(_at).TrimStart();
        return rest.StartsWith("raw") && rest[3..].TrimStart().TrimStart('-').StartsWith("%}");
    }

    private void ReadRaw()
    {
        var start = _source.IndexOf("%}", _at, StringComparison.Ordinal);
        var startMark = _source[start - 1];
        _at = start + 2;
        AfterTag(startMark, trimNewline: false);
        for (var open = _at; (open = _source.IndexOf("{%", open, StringComparison.Ordinal)) >= 0; open += 2)
        {
            var inside = _source.AsSpan(open + 2).TrimStart("-+").TrimStart();
            if (!inside.StartsWith("endraw"))
                continue;
            AddText(Before(_source[_at..open], '%', _source[open + 2]));
            var close = _source.IndexOf("%}", open, StringComparison.Ordinal);
            if (close < 0)
                break;
            _line += Lines(_at, close);
            _at = close + 2;
            AfterTag(_source[close - 1], trimNewline: true);
            return;
        }
        throw new TemplateFault("a raw block without its end");
    }

    private void ReadTag(TokenKind start, TokenKind end, string close)
    {
        Add(start, "");
        for (var depth = 0; ;)
        {
            SkipSpace();
            if (_at >= _source.Length)
                throw new TemplateFault($"a tag without its '{close}'");
            var mark = _source[_at] is '-' or '+' && Follows(1, close) ? _source[_at] : ' ';
            if (depth == 0 && (mark != ' ' || Follows(0, close)))
            {
                Add(end, "");
                _at += mark == ' ' ? 2 : 3;
                AfterTag(mark, trimNewline: end == TokenKind.StatementEnd);
                return;
            }
            depth += ReadToken();
        }
    }

    private bool Follows(int offset, string text) => string.CompareOrdinal(_source, _at + offset, text, 0, text.Length) == 0;

    private void AfterTag(char mark, bool trimNewline)
    {
        var start = _at;
        if (mark == '-')
        {
            while (_at < _source.Length && char.IsWhiteSpace(_source[_at]))
                _at++;
        }
        else if (trimNewline && mark != '+' && _at < _source.Length && _source[_at] == '\n')
        {
            _at++;
        }
        _line += Lines(start, _at);
        _lineStart = _at > start && _source[_at - 1] == '\n';
    }

    /// <returns>By how much the token changes the depth of brackets.</returns>
    private int ReadToken()
    {
        var c = _source[_at];
        if (c is '"' or '\'')
        {
            ReadString(c);
            return 0;
        }
        if (char.IsLetter(c) || c == '_')
        {
            Add(TokenKind.Name, Take(ch => char.IsLetterOrDigit(ch) || ch == '_'));
            return 0;
        }
        if (char.IsAsciiDigit(c))
        {
            ReadNumber();
            return 0;
        }
        var symbol = Array.Find(Operators, o => Follows(0, o)) ?? throw new TemplateFault($"an unexpected '{c}'");
        Add(TokenKind.Operator, symbol);
        _at += symbol.Length;
        return symbol is "(" or "[" or "{" ? 1 : symbol is ")" or "]" or "}" ? -1 : 0;
    }

    private void ReadNumber()
    {
        var number = Take(ch => char.IsAsciiDigit(ch) || ch == '_');
        var isFloat = IsDigit(1) && _source[_at] == '.';
        if (isFloat)
        {
            _at++;
            number += "." + Take(char.IsAsciiDigit);
        }
        if (_at < _source.Length && (_source[_at] is 'e' or 'E') && (IsDigit(1) || (IsDigit(2) && _source[_at + 1] is '+' or '-')))
        {
            isFloat = true;
            number += _source.Substring(_at, 2);
            _at += 2;
            number += Take(char.IsAsciiDigit);
        }
        Add(isFloat ? TokenKind.Float : TokenKind.Integer, number.Replace("_", "", StringComparison.Ordinal));
    }

    private bool IsDigit(int offset) => _at + offset < _source.Length && char.IsAsciiDigit(_source[_at + offset]);

    private void ReadString(char quote)
    {
        var text = new StringBuilder();
        for (_at++; _at < _source.Length && _source[_at] != quote; _at++)
        {
            if (_source[_at] == '\n')
                _line++;
            if (_source[_at] == '\\' && _at + 1 < _source.Length)
                AppendEscape(text);
            else
                text.Append(_source[_at]);
        }
        if (_at >= _source.Length)
            throw new TemplateFault("a string without its end");
        _at++;
        Add(TokenKind.String, text.ToString());
    }

    private void AppendEscape(StringBuilder text)
    {
        var c = _source[++_at];
        var digits = c switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        if (digits > 0 && _at + digits < _source.Length
            && int.TryParse(_source.AsSpan(_at + 1, digits), System.Globalization.NumberStyles.HexNumber, null, out var point)
            && (point <= char.MaxValue || Rune.IsValid(point)))
        {
            _at += digits;
            text.Append(point <= char.MaxValue ? ((char)point).ToString() : new Rune(point).ToString());
            return;
        }
        text.Append(c switch
        {
            'n' => "\n",
            't' => "\t",
            'r' => "\r",
            'b' => "\b",
            'f' => "\f",
            'v' => "\v",
            'a' => "\a",
            '0' => "\0",
            '\n' => "",
            '\\' or '\'' or '"' => c.ToString(),
            _ => "\\" + c,
        });
    }

    private string Take(Func<char, bool> belongs)
    {
        var start = _at;
        while (_at < _source.Length && belongs(_source[_at]))
            _at++;
        return _source[start.._at];
    }

    private void SkipSpace()
    {
        for (; _at < _source.Length && char.IsWhiteSpace(_source[_at]); _at++)
        {
            if (_source[_at] == '\n')
                _line++;
        }
    }

    private int Lines(int from, int to) => _source.AsSpan(from, to - from).Count('\n');

    private void Add(TokenKind kind, string text) => _tokens.Add(new TemplateToken(kind, text, _line));
}
