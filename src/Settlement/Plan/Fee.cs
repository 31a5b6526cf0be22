namespace ProofMesh.Settlement;

/// <summary>What a transaction offers for a unit of gas, in wei.</summary>
readonly record struct Fee(UInt128 Max, UInt128 Tip)
{
    /// <summary>A fee that outlives a doubled base fee, or null while the chain asks for more than is allowed.</summary>
    public static Fee? First(UInt128 baseFee, UInt128 suggestedTip, FeeOptions options)
    {
        var tip = UInt128.Max(suggestedTip, options.LeastTip);
        if (baseFee + tip > options.MaxFeePerGas) return null;
        return new(UInt128.Min(2 * baseFee + tip, options.MaxFeePerGas), tip);
    }

    /// <summary>An eighth more, as pools ask of a replacement, and what the market asks now; null where that is more than is allowed.</summary>
    public Fee? Next(UInt128 baseFee, UInt128 suggestedTip, FeeOptions options)
    {
        var tip = UInt128.Max(EighthMore(Tip), suggestedTip);
        var max = UInt128.Max(EighthMore(Max), 2 * baseFee + tip);
        if (max > options.MaxFeePerGas) max = options.MaxFeePerGas;
        return max >= EighthMore(Max) && tip <= max ? new(max, tip) : null;
    }

    static UInt128 EighthMore(UInt128 wei) => wei + wei / 8 + 1;
}
