namespace ProofMesh.Inference;

/// <summary>What becomes of the matches where a text is cut.</summary>
internal enum SplitBehavior
{
    Removed,
    Isolated,
    MergedWithPrevious,
    MergedWithNext,
    Contiguous,
}

internal static class SplitBehaviors
{
    public static SplitBehavior Parse(string name) =>
        Enum.TryParse<SplitBehavior>(name, out var behavior) ? behavior : throw new TokenizerException($"The split behaviour '{name}' isn't known.");

    public static IEnumerable<(int Start, int End)> Apply(this SplitBehavior behavior, List<(int Start, int End, bool IsMatch)> parts) => behavior switch
    {
        SplitBehavior.Removed => parts.Where(p => !p.IsMatch).Select(p => (p.Start, p.End)),
        SplitBehavior.Isolated => parts.Select(p => (p.Start, p.End)),
        SplitBehavior.MergedWithPrevious => Merge(parts, (before, part) => part.IsMatch && !before.IsMatch),
        SplitBehavior.MergedWithNext => MergeNext(parts),
        _ => Merge(parts, (before, part) => part.IsMatch == before.IsMatch),
    };

    private static List<(int, int)> Merge(
        List<(int Start, int End, bool IsMatch)> parts, Func<(int, int, bool IsMatch), (int, int, bool IsMatch), bool> joins)
    {
        var merged = new List<(int Start, int End)>();
        for (var i = 0; i < parts.Count; i++)
        {
            if (i > 0 && joins(parts[i - 1], parts[i]))
                merged[^1] = (merged[^1].Start, parts[i].End);
            else
                merged.Add((parts[i].Start, parts[i].End));
        }
        return merged;
    }

    private static List<(int, int)> MergeNext(List<(int Start, int End, bool IsMatch)> parts)
    {
        var merged = new List<(int Start, int End)>();
        for (var i = 0; i < parts.Count; i++)
        {
            var joins = parts[i].IsMatch && i + 1 < parts.Count && !parts[i + 1].IsMatch;
            merged.Add((parts[i].Start, joins ? parts[i + 1].End : parts[i].End));
            if (joins)
                i++;
        }
        return merged;
    }
}
