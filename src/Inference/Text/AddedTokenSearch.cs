using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace ProofMesh.Inference;

/// <summary>Finds added tokens in a text: leftmost first, the longest of those that begin together.</summary>
internal sealed class AddedTokenSearch
{
    private readonly Dictionary<string, AddedToken> _tokens = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AddedToken>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly Dictionary<char, int[]> _lengthsByFirst;
    private readonly SearchValues<char> _firsts;

    public AddedTokenSearch(IEnumerable<(string Text, AddedToken Token)> tokens)
    {
        foreach (var (text, token) in tokens.Where(t => t.Text.Length > 0))
            _tokens[text] = token;
        _lookup = _tokens.GetAlternateLookup<ReadOnlySpan<char>>();
        _lengthsByFirst = _tokens.Keys.GroupBy(t => t[0]).ToDictionary(g => g.Key, g => g.Select(t => t.Length).Distinct().OrderDescending().ToArray());
        _firsts = SearchValues.Create([.. _lengthsByFirst.Keys]);
    }

    /// <summary>Cuts the text into stretches without tokens (Token null) and tokens, in order; empty stretches are left out.</summary>
    public IEnumerable<(string Text, AddedToken? Token)> Cut(string text, Func<AddedToken, bool> counts)
    {
        var done = 0;
        for (var at = Next(text, 0); at >= 0; at = Next(text, at))
        {
            if (!TryFind(text, at, out var token, out var length))
            {
                at++;
                continue;
            }
            var (start, end) = (at, at + length);
            at = end;
            if (!counts(token) || (token.SingleWord && TouchesWord(text, start, end)))
                continue;
            while (token.StripLeft && start > done && CodePoints.IsSpace(text[start - 1]))
                start--;
            while (token.StripRight && end < text.Length && CodePoints.IsSpace(text[end]))
                end++;
            if (start > done)
                yield return (text[done..start], null);
            yield return (token.Content, token);
            done = end;
        }
        if (done < text.Length)
            yield return (text[done..], null);
    }

    private int Next(string text, int from)
    {
        var offset = from < text.Length ? text.AsSpan(from).IndexOfAny(_firsts) : -1;
        return offset < 0 ? -1 : from + offset;
    }

    private bool TryFind(string text, int at, [NotNullWhen(true)] out AddedToken? token, out int length)
    {
        foreach (var candidate in _lengthsByFirst[text[at]])
        {
            length = candidate;
            if (candidate <= text.Length - at && _lookup.TryGetValue(text.AsSpan(at, candidate), out token))
                return true;
        }
        token = null;
        length = 0;
        return false;
    }

    private static bool TouchesWord(string text, int start, int end) =>
        (start > 0 && CodePoints.IsWord(CodePoints.Before(text, start))) || (end < text.Length && CodePoints.IsWord(CodePoints.At(text, end)));
}
