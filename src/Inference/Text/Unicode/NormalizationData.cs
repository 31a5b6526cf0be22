using System.Collections.Frozen;
using System.Globalization;

namespace ProofMesh.Inference;

/// <summary>The Unicode tables behind normalisation, read from the resource that scripts/unicode-tables writes.</summary>
internal sealed class NormalizationData
{
    private readonly FrozenDictionary<int, byte> _classes;

    private NormalizationData(Dictionary<int, byte> classes, Dictionary<int, int[]> canonical, Dictionary<int, int[]> compatibility, HashSet<int> excluded)
    {
        _classes = classes.ToFrozenDictionary();
        Canonical = canonical.ToFrozenDictionary();
        Compatibility = compatibility.ToFrozenDictionary();
        // Singletons and decompositions that begin with a mark never compose, nor what the standard excludes.
        Composites = canonical
            .Where(d => d.Value.Length == 2 && !excluded.Contains(d.Key) && Class(d.Key) == 0 && Class(d.Value[0]) == 0)
            .ToFrozenDictionary(d => (d.Value[0], d.Value[1]), d => d.Key);
    }

    public FrozenDictionary<int, int[]> Canonical { get; }

    public FrozenDictionary<int, int[]> Compatibility { get; }

    public FrozenDictionary<(int First, int Second), int> Composites { get; }

    /// <summary>Canonical combining class; 0 for a starter.</summary>
    public int Class(int point) => point < 0x300 ? 0 : _classes.GetValueOrDefault(point);

    public static NormalizationData Load()
    {
        var classes = new Dictionary<int, byte>();
        var canonical = new Dictionary<int, int[]>();
        var compatibility = new Dictionary<int, int[]>();
        var excluded = new HashSet<int>();
        using var reader = new StreamReader(typeof(NormalizationData).Assembly.GetManifestResourceStream("normalization.txt")!);
        while (reader.ReadLine() is { } line)
        {
            var fields = line.Split(' ');
            switch (fields[0])
            {
                case "C": classes.Add(Point(fields[1]), byte.Parse(fields[2], CultureInfo.InvariantCulture)); break;
                case "D": canonical.Add(Point(fields[1]), [.. fields[2..].Select(Point)]); break;
                case "K": compatibility.Add(Point(fields[1]), [.. fields[2..].Select(Point)]); break;
                case "X": excluded.Add(Point(fields[1])); break;
            }
        }
        return new NormalizationData(classes, canonical, compatibility, excluded);
    }

    private static int Point(string hexadecimal) => int.Parse(hexadecimal, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
