using System.Globalization;

namespace ProofMesh.Inference;

/// <summary>A character class: ranges, categories and other classes, perhaps negated. One bit per code point of the basic plane.</summary>
internal sealed class CodePointSet(Func<int, bool> contains)
{
    private readonly ulong[] _plane0 = Fill(contains);

    public bool Contains(int codePoint) =>
        codePoint <= char.MaxValue ? (_plane0[codePoint >> 6] >> (codePoint & 63) & 1) != 0 : contains(codePoint);

    public CodePointSet Negate() => new(c => !contains(c));

    public CodePointSet IgnoreCase() => new(c => Variants(c).Any(contains));

    public static CodePointSet Union(IReadOnlyList<CodePointSet> parts) =>
        parts.Count == 1 ? parts[0] : new CodePointSet(c => parts.Any(p => p.Contains(c)));

    public static CodePointSet Range(int first, int last) => new(c => c >= first && c <= last);

    public static CodePointSet OfCategories(uint mask) => new(c => (CodePoints.Category(c) & mask) != 0);

    private static ulong[] Fill(Func<int, bool> contains)
    {
        var bits = new ulong[(char.MaxValue + 1) / 64];
        for (var c = 0; c <= char.MaxValue; c++)
        {
            if (contains(c))
                bits[c >> 6] |= 1UL << (c & 63);
        }
        return bits;
    }

    // Simple folding, with the two letters beyond ASCII that fold into it: long s and the Kelvin sign.
    private static IEnumerable<int> Variants(int c)
    {
        yield return c;
        if (c > char.MaxValue)
            yield break;
        yield return CultureInfo.InvariantCulture.TextInfo.ToLower((char)c);
        yield return CultureInfo.InvariantCulture.TextInfo.ToUpper((char)c);
        if (c == 'ſ')
            yield return 's';
        if (c == 'K')
            yield return 'k';
        if (c is 's' or 'S')
            yield return 'ſ';
        if (c is 'k' or 'K')
            yield return 'K';
    }
}
