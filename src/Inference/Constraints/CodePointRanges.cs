namespace ProofMesh.Inference;

/// <summary>A set of Unicode code points as ranges in order, and its UTF-8 as a language.</summary>
internal sealed record CodePointRanges(IReadOnlyList<(int First, int Last)> Ranges)
{
    public const int Highest = 0x10FFFF;

    public static CodePointRanges All { get; } = Of((0, 0xD7FF), (0xE000, Highest));

    public static CodePointRanges Surrogates { get; } = Of((0xD800, 0xDFFF));

    public static CodePointRanges Of(params IEnumerable<(int First, int Last)> ranges)
    {
        var merged = new List<(int First, int Last)>();
        foreach (var (first, last) in ranges.Where(r => r.First <= r.Last).OrderBy(r => r.First))
        {
            if (merged.Count > 0 && first <= merged[^1].Last + 1)
                merged[^1] = (merged[^1].First, Math.Max(merged[^1].Last, last));
            else
                merged.Add((first, last));
        }
        return new CodePointRanges(merged);
    }

    /// <summary>All others, surrogates never.</summary>
    public CodePointRanges Negate() => All.Without(this);

    public CodePointRanges Without(CodePointRanges other)
    {
        var left = new List<(int, int)>();
        foreach (var (first, last) in Ranges)
        {
            var at = first;
            foreach (var (start, end) in other.Ranges.Where(r => r.Last >= first && r.First <= last))
            {
                left.Add((at, start - 1));
                at = end + 1;
            }
            left.Add((at, last));
        }
        return Of(left);
    }

    public bool Contains(int codePoint) => Ranges.Any(r => r.First <= codePoint && codePoint <= r.Last);

    public int Utf8(Language language)
    {
        var parts = new List<int>();
        foreach (var (first, last) in Ranges)
        {
            // A range within one length of encoding, then within bytes that vary over all their values.
            foreach (var (low, high, length) in new[] { (0, 0x7F, 1), (0x80, 0x7FF, 2), (0x800, 0xFFFF, 3), (0x10000, Highest, 4) })
            {
                if (Math.Max(first, low) <= Math.Min(last, high))
                    parts.Add(Split(language, Math.Max(first, low), Math.Min(last, high), length, length));
            }
        }
        return language.Either([.. parts]);
    }

    // left: bytes still to write; the leading one carries the length's mark.
    private static int Split(Language language, int first, int last, int left, int length)
    {
        var mark = left == length ? length switch { 1 => 0, 2 => 0xC0, 3 => 0xE0, _ => 0xF0 } : 0x80;
        if (left == 1)
            return language.Bytes(mark | first, mark | last);
        var shift = 6 * (left - 1);
        var (top, bottom, below) = (last >> shift, first >> shift, (1 << shift) - 1);
        if (top == bottom)
            return language.Then(language.Bytes(mark | top, mark | top), Split(language, first & below, last & below, left - 1, length));
        var parts = new List<int>();
        if ((first & below) != 0)
        {
            parts.Add(language.Then(language.Bytes(mark | bottom, mark | bottom), Split(language, first & below, below, left - 1, length)));
            bottom++;
        }
        if ((last & below) != below)
        {
            parts.Add(language.Then(language.Bytes(mark | top, mark | top), Split(language, 0, last & below, left - 1, length)));
            top--;
        }
        if (bottom <= top)
            parts.Add(language.Then(language.Bytes(mark | bottom, mark | top), Split(language, 0, below, left - 1, length)));
        return language.Either([.. parts]);
    }
}
