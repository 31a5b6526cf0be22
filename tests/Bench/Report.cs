using System.Globalization;

namespace ProofMesh.Bench;

/// <summary>What a benchmark found.</summary>
/// <param name="Method">What was done, how often, and what the figures are of it: a sentence or two for the results file.</param>
/// <param name="Peer">Who did the same in the same run.</param>
/// <param name="Measurements">The last one has the benchmark's own name: it is the one that later runs are compared by.</param>
sealed record Report(string Method, string Peer, Measurement[] Measurements);

/// <summary>One quantity beside its peer's and its goal.</summary>
/// <param name="Peer">Null where nobody else could do it here.</param>
/// <param name="Goal">Null where none is set.</param>
/// <param name="LessIsBetter">For times; rates are better the higher they are.</param>
/// <param name="RatioGoal">Instead of a goal in the quantity's own unit: how many times better than the peer.</param>
sealed record Measurement(string Name, string Unit, double Ours, double? Peer, double? Goal, bool LessIsBetter = false, double? RatioGoal = null)
{
    /// <summary>How many times better we are than the peer, whichever way better is.</summary>
    public double? Ratio => LessIsBetter ? Peer / Ours : Ours / Peer;

    /// <summary>A ratio to nobody is a goal missed.</summary>
    public bool Met => (Goal is not { } goal || (LessIsBetter ? Ours <= goal : Ours >= goal)) && (RatioGoal is not { } times || Ratio >= times);

    public bool HasGoal => Goal is not null || RatioGoal is not null;

    public string GoalText => RatioGoal is { } times ? $"{Text(times)}x" : Text(Goal);

    public override string ToString() => $"{Name} ours={Text(Ours)} peer={Text(Peer)} ratio={RatioText} goal={GoalText} ({Unit})";

    public string RatioText => Ratio?.ToString("0.00", CultureInfo.InvariantCulture) ?? "none";

    /// <summary>Three significant digits, more for whole numbers.</summary>
    public static string Text(double? value) => value switch
    {
        null => "none",
        >= 100 => value.Value.ToString("0", CultureInfo.InvariantCulture),
        >= 10 => value.Value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.Value.ToString("0.00", CultureInfo.InvariantCulture),
    };
}
