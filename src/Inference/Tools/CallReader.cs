using System.Text;

namespace ProofMesh.Inference;

/// <summary>Either text, or part of a call.</summary>
internal readonly record struct AnswerPart(string Text, ToolCallPart? Call = null);

/// <summary>Reads the calls out of an answer's text as it comes. What isn't a call stays text.</summary>
/// <remarks>The grammar lets no call be written wrongly, so a call is handed on while it is written.</remarks>
internal sealed class CallReader(CallForm form, IEnumerable<string> names)
{
    private readonly List<(string Name, string Head)> _heads = [.. names.Select(name => (name, $"{{\"name\":\"{name}\",\"{form.Arguments}\":{{"))];
    private readonly StringBuilder _held = new();
    private readonly List<AnswerPart> _parts = [];
    private ToolCallPart? _part;
    private Place _place = form.Marker.Length > 0 ? Place.Text : Place.Head;
    private int _calls;
    private int _depth;
    private bool _quoted;
    private bool _escaped;

    private enum Place
    {
        /// <summary>Text, where a call may begin.</summary>
        Text,

        /// <summary>Where the function's name comes, or it turns out to be text.</summary>
        Head,

        Arguments,

        /// <summary>What closes a call.</summary>
        Tail,

        /// <summary>Text, where no call can begin.</summary>
        Rest,
    }

    public IReadOnlyList<AnswerPart> Read(string text)
    {
        _parts.Clear();
        foreach (var c in text)
            Read(c);
        if (_place is Place.Text or Place.Rest)
            Show(_held.Length - Undecided());
        Hand();
        return _parts;
    }

    /// <summary>The last text, and what was held back because a call might have begun.</summary>
    public IReadOnlyList<AnswerPart> End(string text)
    {
        Read(text);
        if (_place is Place.Head || (_place is Place.Text or Place.Rest && !(_calls > 0 && string.IsNullOrWhiteSpace(_held.ToString()))))
            Show(_held.Length);
        return _parts;
    }

    private void Read(char c)
    {
        if (_place != Place.Arguments)
            _held.Append(c);
        switch (_place)
        {
            case Place.Text when c == form.Marker[^1] && Ends(form.Marker): Begin(); break;
            case Place.Head: Head(); break;
            case Place.Arguments: Argument(c); break;
            case Place.Tail when Ends("}" + form.Close): Finish(); break;
        }
    }

    // White space before a call belongs to neither.
    private void Begin()
    {
        var before = _held.Length - form.Marker.Length;
        while (before > 0 && char.IsWhiteSpace(_held[before - 1]))
            before--;
        Show(before);
        _place = Place.Head;
    }

    private void Head()
    {
        var head = string.Concat(_held.ToString().Where(c => !char.IsWhiteSpace(c)))[form.Marker.Length..];
        var known = _heads.Where(h => h.Head.StartsWith(head, StringComparison.Ordinal)).ToList();
        if (known.Count == 0)
            _place = form.Marker.Length > 0 ? Place.Text : Place.Rest;
        else if (known[0].Head.Length == head.Length)
        {
            _held.Clear();
            (_part, _depth, _place) = (new ToolCallPart(_calls++, known[0].Name, "{"), 1, Place.Arguments);
        }
    }

    private void Argument(char c)
    {
        _held.Append(c);
        if (_quoted)
            (_quoted, _escaped) = (_escaped || c != '"', !_escaped && c == '\\');
        else
        {
            _quoted = c == '"';
            _depth += c is '{' or '[' ? 1 : c is '}' or ']' ? -1 : 0;
        }
        if (_depth > 0)
            return;
        Hand();
        _place = Place.Tail;
    }

    private void Finish()
    {
        _held.Clear();
        _place = form.Marker.Length > 0 ? Place.Text : Place.Rest;
    }

    // Hands on what is known of the call that is being written.
    private void Hand()
    {
        if (_place != Place.Arguments || (_part is null && _held.Length == 0))
            return;
        var part = _part ?? new ToolCallPart(_calls - 1, null, "");
        _parts.Add(new AnswerPart("", part with { Arguments = part.Arguments + _held }));
        _held.Clear();
        _part = null;
    }

    private void Show(int length)
    {
        if (length > 0)
            _parts.Add(new AnswerPart(_held.ToString(0, length)));
        _held.Remove(0, Math.Max(0, length));
    }

    // The longest end of the text that may belong to a call: white space, and the beginning of a marker.
    private int Undecided()
    {
        if (_place == Place.Rest)
            return 0;
        var text = _held.ToString();
        var length = Math.Min(form.Marker.Length - 1, text.Length);
        while (length > 0 && !form.Marker.StartsWith(text[^length..], StringComparison.Ordinal))
            length--;
        while (length < text.Length && char.IsWhiteSpace(text[^(length + 1)]))
            length++;
        return length;
    }

    private bool Ends(string text) => _held.Length >= text.Length && _held.ToString(_held.Length - text.Length, text.Length) == text;
}
