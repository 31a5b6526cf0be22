namespace ProofMesh.Protocol;

/// <summary>Base units per 1,000,000 tokens of the prompt, of its cached part and of the completion.</summary>
public readonly record struct Prices(ulong Input, ulong Cached, ulong Output)
{
    const uint PerTokens = 1_000_000;

    /// <summary>The fee of a request: rounded up once, nothing when nothing was generated.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More cached tokens than prompt tokens.</exception>
    public TokenAmount FeeUp(uint promptTokens, uint cachedTokens, uint completionTokens)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(cachedTokens, promptTokens);
        if (completionTokens == 0) return TokenAmount.Zero;
        // Three products of 32 by 64 bits: the sum has at most 98 bits.
        var scaled = (UInt128)(promptTokens - cachedTokens) * Input + (UInt128)cachedTokens * Cached + (UInt128)completionTokens * Output;
        return new TokenAmount((scaled + (PerTokens - 1)) / PerTokens);
    }

    /// <summary>True when no price is higher than the other's.</summary>
    public bool AtMost(Prices limit) => Input <= limit.Input && Cached <= limit.Cached && Output <= limit.Output;
}
