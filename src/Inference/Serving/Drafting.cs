namespace ProofMesh.Inference;

/// <summary>How many tokens of one answer are worth guessing, by how often guesses were right.</summary>
/// <remarks>
/// With n answers in a step each guess costs a share c of the step's time and brings a token with the probability that
/// it and those before it are right: it pays when that probability exceeds c · n, what the time brings otherwise.
/// </remarks>
internal sealed class Drafting
{
    public const int MaxGuesses = 8;

    private const double Unknown = 0.5;
    private const double Learning = 0.1;
    // Where guesses don't pay one is tried now and then, as both chance and cost may have changed.
    private const int ProbeAfter = 50;

    private double _chance = Unknown;
    private int _unguessed;

    public int Worth(StepCost cost, int answering)
    {
        var threshold = cost.Share(answering) * answering;
        var count = 0;
        for (var chance = _chance; count < MaxGuesses && chance > threshold; chance *= _chance)
            count++;
        _unguessed = count > 0 ? 0 : _unguessed + 1;
        return count > 0 ? count : _unguessed % ProbeAfter == 0 ? 1 : 0;
    }

    public void Note(bool right) => _chance += Learning * ((right ? 1 : 0) - _chance);

    /// <summary>Guesses that a text goes on as it did where its last tokens stood before.</summary>
    /// <returns>How many tokens were guessed.</returns>
    public static int LookUp(ReadOnlySpan<int> text, Span<int> guesses)
    {
        for (var length = 3; length >= 2; length--)
        {
            if (text.Length <= length)
                continue;
            var at = text[..^1].LastIndexOf(text[^length..]);
            if (at < 0)
                continue;
            var next = text[(at + length)..];
            // Where the text catches up with itself, it repeats what was guessed.
            for (var i = 0; i < guesses.Length; i++)
                guesses[i] = i < next.Length ? next[i] : guesses[i - next.Length];
            return guesses.Length;
        }
        return 0;
    }
}
