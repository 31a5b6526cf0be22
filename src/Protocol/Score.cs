namespace ProofMesh.Protocol;

/// <summary>Levels and priority tiers of a wallet, by its score.</summary>
public enum Level
{
    Unverified = 0,
    Bronze = 1,
    Silver = 2,
    Gold = 3,
    Platinum = 4,
    Diamond = 5,
    Master = 6,
}

[Flags]
public enum Achievements
{
    None = 0,
    /// <summary>10 requests under 2 s.</summary>
    SpeedDemon = 1,
    /// <summary>100 requests.</summary>
    Centurion = 2,
    /// <summary>50 successes in a row.</summary>
    Perfectionist = 4,
    /// <summary>An hour of receipts with no gap over 5 minutes.</summary>
    Marathoner = 8,
}

/// <summary>Score = points on chain + achievements, a pure function of settled receipts that anybody can run again.</summary>
public static class Score
{
    public static Level LevelOf(ulong score) => score switch
    {
        0 => Level.Unverified,
        < 100 => Level.Bronze,
        < 500 => Level.Silver,
        < 1_500 => Level.Gold,
        < 4_000 => Level.Platinum,
        < 10_000 => Level.Diamond,
        _ => Level.Master,
    };

    public static uint PointsOf(Achievements earned) =>
        (earned.HasFlag(Achievements.SpeedDemon) ? 20u : 0)
        + (earned.HasFlag(Achievements.Centurion) ? 50u : 0)
        + (earned.HasFlag(Achievements.Perfectionist) ? 30u : 0)
        + (earned.HasFlag(Achievements.Marathoner) ? 25u : 0);

    /// <summary>What a provider has earned once and for all.</summary>
    /// <param name="receipts">Its settled receipts; of one node they come in the order of their sequence.</param>
    public static Achievements Earned(IEnumerable<Receipt> receipts)
    {
        var progress = default(AchievementProgress);
        foreach (var receipt in receipts.OrderBy(receipt => receipt.StartedAt)) progress = progress.After(receipt);
        return progress.Earned;
    }
}

/// <summary>How far a provider is on the way to its achievements; fold the receipts in the order of their start.</summary>
public readonly record struct AchievementProgress(uint Fast, uint Served, uint Row, ulong RunStart, ulong LastStart, Achievements Earned)
{
    const ulong LongestGapMs = 5 * 60_000, MarathonMs = 60 * 60_000;

    public AchievementProgress After(Receipt receipt)
    {
        var success = receipt.Status is ReceiptStatus.Completed or ReceiptStatus.Length;
        var fast = Fast + (success && receipt.DurationMs < 2_000 ? 1u : 0);
        var served = Served + (success ? 1u : 0);
        var row = success ? Row + 1 : 0;
        var start = LastStart == 0 || receipt.StartedAt - LastStart > LongestGapMs ? receipt.StartedAt : RunStart;
        var earned = Earned
            | (fast >= 10 ? Achievements.SpeedDemon : 0)
            | (served >= 100 ? Achievements.Centurion : 0)
            | (row >= 50 ? Achievements.Perfectionist : 0)
            | (receipt.StartedAt - start >= MarathonMs ? Achievements.Marathoner : 0);
        return new(fast, served, row, start, receipt.StartedAt, earned);
    }
}
