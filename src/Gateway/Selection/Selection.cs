using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>Chooses who answers: a pure function of the picture.</summary>
/// <remarks>
/// Fit first: healthy, staked, a fresh quote, room in the context, a price within the customer's limit. Then the score, 0 to 1:
/// reputation 0.3 · load 0.3 · speed 0.2 · price 0.2, a tenth of it for a node that failed lately. Those within 5 % of the best are
/// drawn by lot, weighted by their scores, so that equal nodes share the work; the others follow by score, for failing over.
/// </remarks>
static class Selection
{
    const double Reputation = 0.3, Load = 0.3, Speed = 0.2, Price = 0.2, Tie = 0.95, LoweredFactor = 0.1;

    /// <summary>A quote must stand for so many seconds more, so that it reaches the node alive.</summary>
    const ulong QuoteMargin = 2;

    /// <summary>The offers that fit, best first.</summary>
    /// <param name="draw">A number from 0 to 1, for ties.</param>
    public static List<Candidate> Rank(IEnumerable<Candidate> offers, Need need, double draw)
    {
        var fitting = offers.Where(offer => Fits(offer, need)).ToList();
        if (fitting.Count < 2) return fitting;
        var (cheapest, fastest, quickest) = (fitting.Min(Cost), fitting.Max(offer => offer.TokensPerSecond), fitting.Min(offer => offer.FirstTokenMs));
        var scored = fitting
            .Select(offer => (offer, score: Score(offer, cheapest, fastest, quickest)))
            .OrderByDescending(pair => pair.score).ThenBy(pair => pair.offer.Node)
            .ToList();
        var tied = scored.TakeWhile(pair => pair.score >= scored[0].score * Tie).ToList();
        var first = Draw(tied, draw);
        return [first, .. scored.Select(pair => pair.offer).Where(offer => offer.Node != first.Node || offer.Offer != first.Offer)];
    }

    public static bool Fits(Candidate offer, Need need) =>
        offer.Healthy
        && offer.Stake >= need.MinimumStake
        && offer.Offer.Quote.Quote.ValidUntil >= need.Now + QuoteMargin
        && need.MaxTokens <= offer.Offer.MaxTokens
        && need.MaxTokens < offer.Offer.Manifest.Context
        && (need.MostPrices is not { } most || offer.Prices.AtMost(most));

    static double Score(Candidate offer, double cheapest, double fastest, double quickest)
    {
        var reputation = (1 + (int)offer.Level) / 7.0;
        // Idle 1, full 1/2, and on as the queue grows.
        var load = offer.Capacity / (double)(offer.Capacity + Math.Max(offer.Busy, 0));
        var rate = fastest > 0 ? offer.TokensPerSecond / fastest : 1;
        var wait = offer.FirstTokenMs > 0 ? Math.Max(quickest, 1) / offer.FirstTokenMs : 1;
        var price = Cost(offer) > 0 ? cheapest / Cost(offer) : 1;
        var score = Reputation * reputation + Load * load + Speed * (Math.Min(rate, 1) + Math.Min(wait, 1)) / 2 + Price * price;
        return offer.Lowered ? score * LoweredFactor : score;
    }

    // A typical chat has three tokens in for each one out.
    static double Cost(Candidate offer) => 0.75 * offer.Prices.Input + 0.25 * offer.Prices.Output;

    static Candidate Draw(List<(Candidate Offer, double Score)> tied, double draw)
    {
        var rest = draw * tied.Sum(pair => pair.Score);
        foreach (var (offer, score) in tied)
            if ((rest -= score) < 0) return offer;
        return tied[^1].Offer;
    }
}
