using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>The nodes that are tried for a request, in order, and the most that any of them can cost.</summary>
sealed record Plan(IReadOnlyList<Candidate> Candidates, TokenAmount Ceiling)
{
    /// <summary>Tokens that an answer may have when the customer named no limit and the context is small.</summary>
    const uint LeastTokens = 16;

    public static (Plan? Plan, ApiError? Refusal) For(ChatOrder order, Picture picture, GatewayOptions options, DateTimeOffset now, double draw)
    {
        if (!picture.Models.TryGetValue(order.Model, out var nodes))
            return (null, ApiError.Of(RelayFault.UnknownModel, "No node serves this model now; GET /v1/models lists those that are.", "model"));
        var need = new Need(order.PromptTokensAtMost(), order.MaxTokens ?? 1, new TokenAmount((UInt128)options.MinimumStake), null, (ulong)now.ToUnixTimeSeconds());
        var offers = nodes.SelectMany(node => node.Offers.Values.Where(offer => Names(order.Model, offer)).Select(offer => Candidate.Of(node, offer, now))).ToList();
        var ranked = Selection.Rank(offers, need, draw);
        if (ranked.Count == 0) return (null, Refusal(order, offers));
        var tried = ranked.Take(options.Limits.Attempts).ToList();
        var ceiling = tried.Max(candidate => CeilingOf(order, candidate, options.Limits));
        return (new(tried, ceiling), null);
    }

    /// <summary>What the customer asked for, or a default that fits this node's context beside the prompt.</summary>
    public static uint MaxTokens(ChatOrder order, Offer offer, LimitOptions limits)
    {
        if (order.MaxTokens is { } named) return named;
        // Two bytes a token is little for any language; the node counts exactly and refuses what doesn't fit.
        var prompt = (uint)order.Messages.Sum(turn => turn.Content.Length / 2 + 16) + 32 + (uint)((order.Tools?.Length ?? 0) / 2);
        var room = offer.Manifest.Context > prompt + LeastTokens ? offer.Manifest.Context - prompt : LeastTokens;
        return Math.Min(Math.Min(limits.DefaultMaxTokens, offer.MaxTokens), room);
    }

    public static TokenAmount CeilingOf(ChatOrder order, Candidate candidate, LimitOptions limits) =>
        candidate.Prices.FeeUp(PromptTokens(order, candidate.Offer), 0, MaxTokens(order, candidate.Offer, limits));

    public static uint PromptTokens(ChatOrder order, Offer offer) => Math.Min(order.PromptTokensAtMost(), offer.Manifest.Context);

    static bool Names(string model, Offer offer) =>
        string.Equals(offer.Manifest.Name, model, StringComparison.Ordinal) || string.Equals(offer.Quote.Quote.Model.ToString(), model, StringComparison.Ordinal);

    static ApiError Refusal(ChatOrder order, List<Candidate> offers)
    {
        var most = offers.Max(offer => Math.Min(offer.Offer.MaxTokens, offer.Offer.Manifest.Context - 1));
        return order.MaxTokens > most
            ? ApiError.Of(RelayFault.ContextOverflow, $"max_tokens is {order.MaxTokens}; nodes that serve this model give {most} at most.", "max_tokens")
            : ApiError.Of(RelayFault.NoNode, $"None of the {offers.Count} nodes that serve this model is healthy now; try again in a moment.", "model");
    }
}
