using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>What a choice needs to know of one node's offer, at one moment.</summary>
/// <param name="Busy">Running and queued requests, as the node said or as this gateway knows better.</param>
/// <param name="TokensPerSecond">0 when unknown.</param>
/// <param name="FirstTokenMs">0 when unknown.</param>
readonly record struct Candidate(
    Address Node, Address Provider, Offer Offer, bool Healthy, TokenAmount Stake, Level Level,
    int Busy, int Queued, int Capacity, double TokensPerSecond, double FirstTokenMs, bool Lowered)
{
    public Prices Prices => Offer.Quote.Quote.Prices;

    public static Candidate Of(Node node, Offer offer, DateTimeOffset now)
    {
        var (load, standing, record) = (node.Load, node.Standing, node.Record);
        return new(
            node.Key, node.Provider, offer, load.Healthy && now - load.At < NodeLoad.Lifetime, standing.Stake, standing.Level,
            Math.Max(load.Running + load.Queued, node.InFlight), load.Queued, node.Capacity, load.TokensPerSecond, record.FirstTokenMs, record.LoweredUntil > now);
    }
}

/// <summary>What a request asks of a node.</summary>
/// <param name="PromptTokens">The most that the prompt can have.</param>
/// <param name="Now">Unix seconds.</param>
readonly record struct Need(uint PromptTokens, uint MaxTokens, TokenAmount MinimumStake, Prices? MostPrices, ulong Now);
