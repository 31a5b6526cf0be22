namespace ProofMesh.Inference;

/// <summary>The formats that were asked for lately, with what was learned of them.</summary>
internal sealed class Formats(Tokenizer tokenizer, IReadOnlyList<int> endTokens)
{
    private const int Kept = 16;

    private readonly Lock _gate = new();
    private readonly List<(string Format, Constraint Constraint)> _known = [];
    private readonly Lazy<TokenTrie> _tokens = new(() => new TokenTrie(
        [.. Enumerable.Range(0, tokenizer.VocabularySize).Select(id => tokenizer.IsSpecial(id) || endTokens.Contains(id) ? [] : tokenizer.Piece(id))]));

    /// <exception cref="ConstraintException">It can't be kept to; the message names the place.</exception>
    public Constraint? Read(string? format)
    {
        if (format is null)
            return null;
        lock (_gate)
        {
            var at = _known.FindIndex(k => string.Equals(k.Format, format, StringComparison.Ordinal));
            var constraint = at >= 0 ? _known[at].Constraint : Constraint.Read(format, _tokens.Value, endTokens);
            if (at >= 0)
                _known.RemoveAt(at);
            _known.Insert(0, (format, constraint));
            if (_known.Count > Kept)
                _known.RemoveAt(Kept);
            return constraint;
        }
    }
}
