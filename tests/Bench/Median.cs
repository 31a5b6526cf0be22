namespace ProofMesh.Bench;

/// <summary>The middle one: what a busy machine's outliers move least.</summary>
static class Median
{
    public static double Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    public static double Of<T>(IEnumerable<T> rows, Func<T, double> value) => Of(rows.Select(value));
}
