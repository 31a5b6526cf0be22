namespace ProofMesh.Settlement;

/// <summary>What a transaction may pay, and when it pays more.</summary>
sealed record FeeOptions
{
    /// <summary>No transaction offers more for a unit of gas, in wei; while the chain asks for more, batches wait.</summary>
    public ulong MaxFeePerGas { get; init; } = 200_000_000_000;

    /// <summary>Least tip, in wei.</summary>
    public ulong LeastTip { get; init; } = 10_000_000;

    /// <summary>A transaction that isn't mined after so long is replaced by one that pays an eighth more.</summary>
    public TimeSpan ReplaceAfter { get; init; } = TimeSpan.FromMinutes(1);

    public IEnumerable<string> Faults()
    {
        if (MaxFeePerGas == 0) yield return "Fees:MaxFeePerGas is 0: use the most wei that a unit of gas may cost.";
        if (LeastTip > MaxFeePerGas) yield return $"Fees:LeastTip is {LeastTip}: use at most Fees:MaxFeePerGas.";
        if (ReplaceAfter < TimeSpan.FromMilliseconds(100) || ReplaceAfter > TimeSpan.FromDays(1)) yield return $"Fees:ReplaceAfter is {ReplaceAfter}: use up to a day.";
    }
}
