namespace ProofMesh.Inference;

/// <summary>Learns from steps what they cost: a part that each step has, and one for each of its tokens.</summary>
internal sealed class StepCost
{
    // A step counts half after about 70 more.
    private const double Decay = 0.99;

    private double _weight;
    private double _tokens;
    private double _seconds;
    private double _squares;
    private double _products;

    public void Note(int tokens, double seconds)
    {
        // A step that was held up by something else says little about its tokens.
        if (_weight > 2)
            seconds = Math.Min(seconds, 4 * _seconds / _weight);
        _weight = _weight * Decay + 1;
        _tokens = _tokens * Decay + tokens;
        _seconds = _seconds * Decay + seconds;
        _squares = _squares * Decay + (double)tokens * tokens;
        _products = _products * Decay + tokens * seconds;
    }

    /// <summary>By how much one more token lengthens a step of so many tokens, as a share of it; little while nothing is known.</summary>
    public double Share(int tokens)
    {
        var spread = _squares * _weight - _tokens * _tokens;
        if (_weight < 2 || spread < 1e-6 * _squares * _weight)
            return 0.1;
        var each = Math.Max(0, (_products * _weight - _tokens * _seconds) / spread);
        var step = Math.Max((_seconds - each * _tokens) / _weight, 0) + each * tokens;
        return step > 0 ? Math.Min(1, each / step) : 0.1;
    }
}
