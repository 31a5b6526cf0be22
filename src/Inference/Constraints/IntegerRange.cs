namespace ProofMesh.Inference;

/// <summary>The whole numbers from one to another as JSON writes them, as a language.</summary>
internal sealed class IntegerRange(Language language)
{
    /// <summary>Of 18 digits, as many as a number may have.</summary>
    public const long Largest = 999_999_999_999_999_999;

    /// <param name="first">From −<see cref="Largest"/>.</param>
    /// <param name="last">To <see cref="Largest"/>.</param>
    public int Between(long first, long last) => language.Either(
        first < 0 ? language.Then(language.Text("-"), Natural(Math.Max(1, -last), -first)) : Language.Nothing,
        last >= 0 ? Natural(Math.Max(0, first), last) : Language.Nothing);

    // Numbers of one length after another, so that none begins with a zero.
    private int Natural(long first, long last)
    {
        var parts = new List<int>();
        for (var (length, least) = (1, 0L); least <= last && length <= 18; least = Power(length++))
        {
            var (low, high) = (Math.Max(first, least), Math.Min(last, Power(length) - 1));
            if (low <= high)
                parts.Add(Digits(low, high, length));
        }
        return language.Either([.. parts]);
    }

    // Those below the first digit's next value, those above its last one, and between them anything.
    private int Digits(long first, long last, int left)
    {
        if (left == 0)
            return Language.Empty;
        var unit = Power(left - 1);
        var (low, high) = (first / unit, last / unit);
        if (low == high)
            return language.Then(Digit(low, low), Digits(first % unit, last % unit, left - 1));
        var parts = new List<int>();
        if (first % unit != 0)
            parts.Add(language.Then(Digit(low, low++), Digits(first % unit, unit - 1, left - 1)));
        if (last % unit != unit - 1)
            parts.Add(language.Then(Digit(high, high--), Digits(0, last % unit, left - 1)));
        if (low <= high)
            parts.Add(language.Then(Digit(low, high), language.Repeat(Digit(0, 9), left - 1, left - 1)));
        return language.Either([.. parts]);
    }

    private int Digit(long first, long last) => language.Bytes('0' + (int)first, '0' + (int)last);

    private static long Power(int exponent) => exponent == 0 ? 1 : 10 * Power(exponent - 1);
}
