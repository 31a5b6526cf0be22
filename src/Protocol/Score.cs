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

    /// <summary>What everybody counts: a provider's points on chain with those of its achievements. A sum that doesn't fit stays at the most.</summary>
    public static ulong Of(ulong points, Achievements earned) => points > ulong.MaxValue - PointsOf(earned) ? ulong.MaxValue : points + PointsOf(earned);

    /// <summary>What a provider has earned once and for all.</summary>
    /// <param name="receipts">Its settled receipts, in the order in which they were settled.</param>
    public static Achievements Earned(IEnumerable<Receipt> receipts) =>
        receipts.Aggregate(AchievementProgress.None, (progress, receipt) => progress.After(receipt)).Earned;
}
