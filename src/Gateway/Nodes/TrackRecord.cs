namespace ProofMesh.Gateway;

/// <summary>How a node did for this gateway lately. Immutable: each request swaps in the next one.</summary>
/// <param name="FirstTokenMs">Moving average, 0 before the first answer.</param>
/// <param name="Failures">In a row.</param>
/// <param name="LoweredUntil">Until then others are preferred.</param>
sealed record TrackRecord(double FirstTokenMs = 0, int Failures = 0, DateTimeOffset LoweredUntil = default)
{
    static readonly TimeSpan First = TimeSpan.FromSeconds(5), Longest = TimeSpan.FromMinutes(5), Fraud = TimeSpan.FromHours(1);

    public TrackRecord Served(double firstTokenMs) =>
        new(FirstTokenMs == 0 ? firstTokenMs : FirstTokenMs * 0.8 + firstTokenMs * 0.2, 0, default);

    /// <summary>5 s, 10 s, 20 s … at most 5 minutes.</summary>
    public TrackRecord Failed(DateTimeOffset now)
    {
        var pause = First * Math.Pow(2, Math.Min(Failures, 6));
        return this with { Failures = Failures + 1, LoweredUntil = now + (pause < Longest ? pause : Longest) };
    }

    /// <summary>It asked for money that it hadn't earned, or signed what didn't happen.</summary>
    public TrackRecord Cheated(DateTimeOffset now) => this with { Failures = Failures + 1, LoweredUntil = now + Fraud };
}
