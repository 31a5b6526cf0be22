using System.Text;

namespace ProofMesh.Inference;

/// <summary>NFC, NFD, NFKC and NFKD as Unicode Standard Annex 15 has them.</summary>
/// <remarks>Our processes run with invariant globalisation, where <see cref="string.Normalize()"/> leaves everything but ASCII as it is.</remarks>
internal static class UnicodeNormalizer
{
    private const int HangulBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TrailBase = 0x11A7;
    private const int VowelCount = 21, TrailCount = 28, HangulCount = 11172, LeadCount = 19;

    private static readonly NormalizationData Data = NormalizationData.Load();

    public static string Normalize(string text, bool compose, bool compatibility)
    {
        if (Ascii.IsValid(text))
            return text;
        var points = Decompose(text, compatibility);
        Reorder(points);
        if (compose)
            Compose(points);
        var builder = new StringBuilder(points.Count);
        Span<char> buffer = stackalloc char[2];
        foreach (var point in points)
            builder.Append(buffer[..new Rune(point).EncodeToUtf16(buffer)]);
        return builder.ToString();
    }

    private static List<int> Decompose(string text, bool compatibility)
    {
        var points = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes())
            Decompose(rune.Value, compatibility, points);
        return points;
    }

    private static void Decompose(int point, bool compatibility, List<int> points)
    {
        if (point is >= HangulBase and < HangulBase + HangulCount)
        {
            var index = point - HangulBase;
            points.Add(LeadBase + index / (VowelCount * TrailCount));
            points.Add(VowelBase + index / TrailCount % VowelCount);
            if (index % TrailCount != 0)
                points.Add(TrailBase + index % TrailCount);
            return;
        }
        if (Data.Canonical.TryGetValue(point, out var parts) || (compatibility && Data.Compatibility.TryGetValue(point, out parts)))
        {
            foreach (var part in parts)
                Decompose(part, compatibility, points);
            return;
        }
        points.Add(point);
    }

    // Runs of marks are sorted by class, equal classes keeping their order; a hostile text may be one single run.
    private static void Reorder(List<int> points)
    {
        for (var start = 0; start < points.Count; start++)
        {
            if (Data.Class(points[start]) == 0)
                continue;
            var end = start + 1;
            while (end < points.Count && Data.Class(points[end]) != 0)
                end++;
            if (end - start > 1)
            {
                var sorted = points.GetRange(start, end - start).OrderBy(Data.Class).ToList();
                for (var i = 0; i < sorted.Count; i++)
                    points[start + i] = sorted[i];
            }
            start = end;
        }
    }

    private static void Compose(List<int> points)
    {
        var starter = -1;
        var written = 0;
        var lastClass = 0;
        foreach (var point in points.ToArray())
        {
            var pointClass = Data.Class(point);
            var adjacent = starter == written - 1;
            var blocked = !adjacent && (lastClass == 0 || lastClass >= pointClass);
            if (starter >= 0 && !blocked && Pair(points[starter], point) is { } composite)
            {
                points[starter] = composite;
                continue;
            }
            if (pointClass == 0)
                starter = written;
            lastClass = pointClass;
            points[written++] = point;
        }
        points.RemoveRange(written, points.Count - written);
    }

    private static int? Pair(int first, int second)
    {
        if (first is >= LeadBase and < LeadBase + LeadCount && second is >= VowelBase and < VowelBase + VowelCount)
            return HangulBase + ((first - LeadBase) * VowelCount + second - VowelBase) * TrailCount;
        if (first is >= HangulBase and < HangulBase + HangulCount && (first - HangulBase) % TrailCount == 0
            && second is > TrailBase and < TrailBase + TrailCount)
            return first + second - TrailBase;
        return Data.Composites.TryGetValue((first, second), out var composite) ? composite : null;
    }
}
