using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>Why a node isn't let in, in the wire's words.</summary>
sealed record Refusal(NodeFault Fault, string Message);

/// <summary>Decides whether a node that dialled may serve this gateway's customers.</summary>
static class HelloCheck
{
    const int MostOffers = 256, LongestName = 200;
    const ulong HighestPrice = 1_000_000_000_000_000;

    /// <param name="standing">What the chain says about the node, null when nobody registered it.</param>
    /// <param name="now">Unix seconds.</param>
    public static Refusal? Fault(HelloFrame hello, Bytes32 challenge, Rail rail, NodeStanding? standing, TokenAmount minimumStake, ulong now, Recover recover)
    {
        if (hello.Version != Wire.Version) return new(NodeFault.WrongVersion, $"This gateway speaks version {Wire.Version}, the node {hello.Version}.");
        if (hello.Capacity is < 1 or > 100_000) return new(NodeFault.BadFrame, $"A capacity of {hello.Capacity} isn't believed: 1 to 100000 are.");
        if (hello.Endpoint is { Length: > 512 }) return new(NodeFault.BadFrame, "The endpoint is longer than 512 characters.");
        var digest = new Hello(hello.Node, hello.Provider, challenge).Digest(rail);
        if (!hello.Signature.IsCanonical || recover(digest, hello.Signature) != hello.Node)
            return new(NodeFault.BadSignature, $"Node {hello.Node} didn't sign this connection's challenge for this rail.");
        return Fault(hello, standing, minimumStake) ?? Fault(hello.Offers, hello.Node, rail, now, recover);
    }

    static Refusal? Fault(HelloFrame hello, NodeStanding? standing, TokenAmount minimumStake)
    {
        if (standing is null || standing.Provider != hello.Provider)
            return new(NodeFault.NotStaked, $"Node {hello.Node} isn't registered to provider {hello.Provider} on chain.");
        return standing.Stake < minimumStake
            ? new(NodeFault.NotStaked, $"Provider {hello.Provider} has {standing.Stake} base units at stake; this gateway wants {minimumStake}.")
            : null;
    }

    /// <summary>Whether each offer is priced by this node's own signature, now.</summary>
    public static Refusal? Fault(Offer[] offers, Address node, Rail rail, ulong now, Recover recover)
    {
        if (offers.Length is 0 or > MostOffers) return new(NodeFault.BadFrame, $"A node offers 1 to {MostOffers} models, not {offers.Length}.");
        foreach (var offer in offers)
            if (Fault(offer, node, rail, now, recover) is { } refusal) return refusal;
        return null;
    }

    static Refusal? Fault(Offer offer, Address node, Rail rail, ulong now, Recover recover)
    {
        var (manifest, quote) = (offer.Manifest, offer.Quote.Quote);
        if (manifest.Name.Length is 0 or > LongestName || manifest.Weights.Length > 4096)
            return new(NodeFault.BadFrame, $"A model's name has 1 to {LongestName} characters, its weights at most 4096 files.");
        if (manifest.Context == 0 || offer.MaxTokens == 0) return new(NodeFault.BadFrame, $"The offer of {manifest.Name} has no room for any token.");
        if (quote.Model != manifest.Digest()) return new(NodeFault.UnknownModel, $"The quote for {manifest.Name} is for another manifest.");
        if (quote.Node != node) return new(NodeFault.BadSignature, $"The quote for {manifest.Name} is another node's.");
        if (quote.ValidUntil <= now) return new(NodeFault.StaleQuote, $"The quote for {manifest.Name} ended at {quote.ValidUntil}, it is {now}.");
        // The ceiling of a request counts no cached token.
        if (quote.CachedPrice > quote.InputPrice) return new(NodeFault.BadFrame, $"{manifest.Name}: a cached token costs {quote.CachedPrice}, a computed one {quote.InputPrice}; quote at most that.");
        if (quote.InputPrice > HighestPrice || quote.CachedPrice > HighestPrice || quote.OutputPrice > HighestPrice)
            return new(NodeFault.BadFrame, $"A price above {HighestPrice} base units per 1000000 tokens isn't believed.");
        return !offer.Quote.Signature.IsCanonical || recover(quote.Digest(rail), offer.Quote.Signature) != node
            ? new(NodeFault.BadSignature, $"The quote for {manifest.Name} isn't signed by node {node}.")
            : null;
    }
}
