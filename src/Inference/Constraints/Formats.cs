namespace ProofMesh.Inference;

/// <summary>The formats and functions that were asked for lately, with what was learned of them.</summary>
/// <param name="form">How the model writes calls; asked when functions are.</param>
internal sealed class Formats(Tokenizer tokenizer, IReadOnlyList<int> endTokens, Func<CallForm> form)
{
    private const int Kept = 16;

    private readonly Lock _gate = new();
    private readonly List<((string? Format, string? Tools) Asked, Constraint Constraint)> _known = [];
    private readonly Lazy<TokenTrie> _tokens = new(() => new TokenTrie(
        [.. Enumerable.Range(0, tokenizer.VocabularySize).Select(id => tokenizer.IsSpecial(id) || endTokens.Contains(id) ? [] : tokenizer.Piece(id))]));

    /// <summary>Null where anything may be answered.</summary>
    /// <exception cref="ConstraintException">It can't be kept to; the message names the place.</exception>
    public Constraint? Read(string? format, ToolUse? tools = null)
    {
        if (format is null && tools is null)
            return null;
        var asked = (format, tools?.Key);
        lock (_gate)
        {
            var at = _known.FindIndex(k => k.Asked == asked);
            var constraint = at >= 0 && !_known[at].Constraint.IsFull ? _known[at].Constraint
                : tools is null ? Constraint.Read(format!, _tokens.Value, endTokens)
                : Constraint.Read(format, tools, form(), _tokens.Value, endTokens);
            if (at >= 0)
                _known.RemoveAt(at);
            _known.Insert(0, (asked, constraint));
            if (_known.Count > Kept)
                _known.RemoveAt(Kept);
            return constraint;
        }
    }
}
