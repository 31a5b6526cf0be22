namespace ProofMesh.Protocol;

/// <summary>A rail as text of a configuration file, command line or environment.</summary>
public sealed record RailOptions
{
    public ulong ChainId { get; init; }
    public string Token { get; init; } = "";
    public string Escrow { get; init; } = "";
    public string Staking { get; init; } = "";
    public string Settlement { get; init; } = "";
    public int Decimals { get; init; } = 6;
    public string Symbol { get; init; } = "USDT";

    public Rail ToRail() =>
        new(ChainId, Address.Parse(Token), Address.Parse(Escrow), Address.Parse(Staking), Address.Parse(Settlement), Decimals, Symbol);

    /// <summary>A sentence for each thing that must be changed.</summary>
    public IEnumerable<string> Faults()
    {
        if (ChainId == 0) yield return "Rail:ChainId is 0: set it to the chain's id, 1 for Ethereum.";
        if (Decimals is < 0 or > 30) yield return $"Rail:Decimals is {Decimals}: use 0 to 30.";
        foreach (var (name, text) in new[] { ("Token", Token), ("Escrow", Escrow), ("Staking", Staking), ("Settlement", Settlement) })
            if (!Address.TryParse(text, out var address) || address.IsZero) yield return $"Rail:{name} is '{Hex.Excerpt(text)}': set it to the contract's address.";
    }
}
