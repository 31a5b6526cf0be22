namespace ProofMesh.Settlement;

/// <summary>When a batch is worth its gas.</summary>
sealed record PlanOptions
{
    /// <summary>A batch goes at once when its claims move so many times what its gas costs.</summary>
    public double ValueToGas { get; init; } = 20;

    /// <summary>What waited so long goes whatever it moves.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Claims that move fewer base units wait for more, however old they are.</summary>
    public ulong LeastClaim { get; init; }

    /// <summary>Base units of the token that an ether is worth, to compare gas with claims.</summary>
    public ulong UnitsPerEther { get; init; } = 3_000_000_000;

    /// <summary>Gas of one transaction; the network allows 16,777,216.</summary>
    public ulong MaxGas { get; init; } = 12_000_000;

    /// <summary>Claims that the chain would refuse now are looked at again after so long, or when a newer voucher comes.</summary>
    public TimeSpan Retry { get; init; } = TimeSpan.FromMinutes(5);

    public IEnumerable<string> Faults()
    {
        if (!(ValueToGas >= 0)) yield return $"Plan:ValueToGas is {ValueToGas}: use 0 or more.";
        if (MaxAge < TimeSpan.Zero || MaxAge > TimeSpan.FromDays(30)) yield return $"Plan:MaxAge is {MaxAge}: use up to 30 days.";
        if (Retry < TimeSpan.FromMilliseconds(1) || Retry > TimeSpan.FromDays(30)) yield return $"Plan:Retry is {Retry}: use up to 30 days.";
        if (MaxGas is < 500_000 or > Chain.Web3.MaxTransactionGas) yield return $"Plan:MaxGas is {MaxGas}: use 500000 to {Chain.Web3.MaxTransactionGas}.";
    }
}
