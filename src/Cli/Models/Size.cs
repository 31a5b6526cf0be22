namespace ProofMesh.Cli;

/// <summary>Bytes as a person reads them: three digits and a unit of 1000.</summary>
static class Size
{
    static readonly string[] Units = ["B", "kB", "MB", "GB", "TB", "PB"];

    public static string Of(long bytes)
    {
        var (value, unit) = ((double)bytes, 0);
        for (; value >= 999.5 && unit < Units.Length - 1; unit++) value /= 1_000;
        return $"{(unit == 0 || value >= 99.95 ? $"{value:0}" : value >= 9.995 ? $"{value:0.0}" : $"{value:0.00}")} {Units[unit]}";
    }
}
