namespace ProofMesh.Protocol.Tests;

public sealed class AchievementTests
{
    const ulong Minute = 60_000, Day = 1_750_000_000_000;

    static Receipt At(ulong start, ReceiptStatus status = ReceiptStatus.Completed, uint durationMs = 3_000) => new(
        default, default, default, 1, default, default, default, default, default, 1, 0, 1, 1, 1, 1, default, default, start, 0, durationMs, status);

    static AchievementProgress Fold(IEnumerable<Receipt> receipts) => receipts.Aggregate(AchievementProgress.None, (progress, receipt) => progress.After(receipt));

    // Each on its own, over all receipts at once.
    static Achievements Plain(IReadOnlyList<Receipt> receipts)
    {
        bool Served(Receipt receipt) => receipt.Status is ReceiptStatus.Completed or ReceiptStatus.Length;
        var rows = string.Concat(receipts.Select(receipt => Served(receipt) ? '+' : ' ')).Split(' ');
        var starts = receipts.Select(receipt => receipt.StartedAt).Order().ToArray();
        var (marathon, first) = (false, 0);
        for (var i = 0; i < starts.Length; i++)
        {
            if (i > 0 && starts[i] - starts[i - 1] > 5 * Minute) first = i;
            marathon |= starts[i] - starts[first] >= 60 * Minute;
        }
        return (receipts.Count(receipt => Served(receipt) && receipt.DurationMs < 2_000) >= 10 ? Achievements.SpeedDemon : 0)
            | (receipts.Count(Served) >= 100 ? Achievements.Centurion : 0)
            | (rows.Any(row => row.Length >= 50) ? Achievements.Perfectionist : 0)
            | (marathon ? Achievements.Marathoner : 0);
    }

    [Fact]
    public void A_start_before_the_last_one_is_no_gap_and_no_marathon() =>
        Assert.Equal(Achievements.None, Fold([At(Day), At(Day - 4 * Minute), At(Day - 8 * Minute), At(0), At(ulong.MaxValue), At(Day)]).Earned);

    [Fact]
    public void An_hour_counts_in_whatever_order_its_receipts_are_settled()
    {
        var hour = Enumerable.Range(0, 13).Select(i => At(Day + (ulong)i * 5 * Minute)).ToArray();
        var order = new Random(1);
        for (var i = 0; i < 100; i++)
        {
            order.Shuffle(hour);
            Assert.Equal(Achievements.Marathoner, Fold(hour).Earned);
        }
        Assert.Equal(Achievements.None, Fold(hour.Where(receipt => receipt.StartedAt != Day + 30 * Minute)).Earned);
    }

    [Fact]
    public void One_receipt_after_the_other_earns_what_all_at_once_earn()
    {
        for (var seed = 0; seed < 2_000; seed++)
        {
            var random = new Random(seed);
            var (spread, failing, fast) = (random.Next(1, 40_000_000), random.NextDouble() * 0.06, random.NextDouble() * 0.2);
            var receipts = Enumerable.Range(0, random.Next(1, 160)).Select(_ => At(
                Day + (ulong)random.Next(spread),
                random.NextDouble() < failing ? ReceiptStatus.ProviderError : (ReceiptStatus)random.Next(2),
                random.NextDouble() < fast ? 1_999u : 2_000u)).ToArray();
            var folded = Fold(receipts);
            Assert.True(Plain(receipts) == folded.Earned, $"seed {seed}: {Plain(receipts)} at once, {folded.Earned} one after the other");
            for (var i = 1; i < folded.Runs.Count; i++) Assert.True(folded.Runs[i].First - folded.Runs[i - 1].Last > 5 * Minute);
        }
    }

    [Theory]
    [InlineData(0, Achievements.None, 0)]
    [InlineData(10, Achievements.SpeedDemon | Achievements.Marathoner, 55)]
    [InlineData(ulong.MaxValue, Achievements.Centurion, ulong.MaxValue)]
    public void A_score_is_the_points_and_what_was_achieved(ulong points, Achievements earned, ulong score) => Assert.Equal(score, Score.Of(points, earned));
}
