namespace ProofMesh.Protocol;

/// <summary>How far a provider is on the way to its achievements.</summary>
/// <remarks>
/// Receipts are folded in the order in which they were settled: statement after statement, each in the order of its sequences.
/// Nodes of one provider work at the same time and answers overlap, so starts don't come in order; only <see cref="Row"/>
/// depends on the order at all.
/// </remarks>
/// <param name="Fast">Requests served in less than 2 s.</param>
/// <param name="Served">Requests served.</param>
/// <param name="Row">Requests served since the last that wasn't.</param>
/// <param name="Runs">When receipts started without a gap of more than 5 minutes; each in the order of time, apart from the next.</param>
public sealed record AchievementProgress(ulong Fast, ulong Served, ulong Row, IReadOnlyList<Run> Runs, Achievements Earned)
{
    const ulong LongestGapMs = 5 * 60_000, MarathonMs = 60 * 60_000;

    public static AchievementProgress None { get; } = new(0, 0, 0, [], Achievements.None);

    public AchievementProgress After(Receipt receipt)
    {
        var success = receipt.Status is ReceiptStatus.Completed or ReceiptStatus.Length;
        var fast = Fast + (success && receipt.DurationMs < 2_000 ? 1u : 0);
        var served = Served + (success ? 1u : 0);
        var row = success ? Row + 1 : 0;
        // Runs that have done their work needn't be kept.
        var marathon = Earned.HasFlag(Achievements.Marathoner);
        var runs = marathon ? [] : With(receipt.StartedAt);
        marathon |= runs.Any(run => run.Last - run.First >= MarathonMs);
        var earned = Earned
            | (fast >= 10 ? Achievements.SpeedDemon : 0)
            | (served >= 100 ? Achievements.Centurion : 0)
            | (row >= 50 ? Achievements.Perfectionist : 0)
            | (marathon ? Achievements.Marathoner : 0);
        return new(fast, served, row, marathon ? [] : runs, earned);
    }

    // The new start joins the runs that it is near to: none, one, or the two that it stands between.
    IReadOnlyList<Run> With(ulong start)
    {
        // Nearly always it is the last run that goes on.
        if (Runs.Count > 0 && Runs[^1] is var last && start >= last.First && start - last.First <= last.Last - last.First) return Runs;
        var joined = new Run(start, start);
        var (before, after) = (new List<Run>(Runs.Count + 1), new List<Run>());
        foreach (var run in Runs)
            if (run.Last < start && start - run.Last > LongestGapMs) before.Add(run);
            else if (run.First > start && run.First - start > LongestGapMs) after.Add(run);
            else joined = new(Math.Min(joined.First, run.First), Math.Max(joined.Last, run.Last));
        return [.. before, joined, .. after];
    }
}

/// <param name="First">Unix milliseconds.</param>
/// <param name="Last">Unix milliseconds.</param>
public readonly record struct Run(ulong First, ulong Last);
