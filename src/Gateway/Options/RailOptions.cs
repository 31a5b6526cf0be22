using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>Chain, token and contracts, as text.</summary>
sealed record RailOptions
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

    public IEnumerable<string> Faults()
    {
        if (ChainId == 0) yield return "Rail:ChainId is 0: set it to the chain's id.";
        if (Decimals is < 0 or > 30) yield return $"Rail:Decimals is {Decimals}: use 0 to 30.";
        foreach (var (name, text) in new[] { ("Token", Token), ("Escrow", Escrow), ("Staking", Staking), ("Settlement", Settlement) })
            if (!Address.TryParse(text, out var address) || address.IsZero) yield return $"Rail:{name} is '{text}': set it to a contract's address.";
    }
}
