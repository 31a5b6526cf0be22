using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <param name="Prices">Base units per 1,000,000 tokens.</param>
sealed record OfferView(Address Node, Address Provider, Bytes32 Digest, string Scheme, string Engine, uint Context, uint MaxTokens, Prices Prices, Level Level, bool Healthy, int Busy, int Capacity);

/// <param name="Context">The largest that a node offers.</param>
/// <param name="From">The cheapest prices, each by itself.</param>
sealed record ModelDetails(uint Context, Prices From, string Currency, int Decimals, string[] Schemes, OfferView[] Offers);

/// <summary>A model as OpenAI lists it, with what a buyer wants to know beside.</summary>
sealed record ModelView(string Id, ModelDetails Proofmesh)
{
    public string Object { get; } = "model";
    public long Created { get; }
    public string OwnedBy { get; } = "proofmesh";
}

static class ModelsEndpoint
{
    public static IResult List(Mesh mesh, Rail rail, TimeProvider time) =>
        Results.Json(new ListView<ModelView>(Of(mesh.Picture, rail, time.GetUtcNow())), ApiJson.Default.ListViewModelView);

    public static ModelView[] Of(Picture picture, Rail rail, DateTimeOffset now) =>
    [
        .. picture.Nodes.Values
            .SelectMany(node => node.Offers.Values.Select(offer => Candidate.Of(node, offer, now)))
            .GroupBy(candidate => candidate.Offer.Manifest.Name, StringComparer.Ordinal)
            .OrderBy(model => model.Key, StringComparer.Ordinal)
            .Select(model => new ModelView(model.Key, Details([.. model.OrderBy(candidate => candidate.Node)], rail))),
    ];

    static ModelDetails Details(Candidate[] offers, Rail rail) => new(
        offers.Max(offer => offer.Offer.Manifest.Context),
        new(offers.Min(offer => offer.Prices.Input), offers.Min(offer => offer.Prices.Cached), offers.Min(offer => offer.Prices.Output)),
        rail.Symbol, rail.Decimals,
        [.. offers.Select(offer => offer.Offer.Manifest.Scheme).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
        [.. offers.Select(View)]);

    static OfferView View(Candidate offer) => new(
        offer.Node, offer.Provider, offer.Offer.Quote.Quote.Model, offer.Offer.Manifest.Scheme, offer.Offer.Manifest.Engine, offer.Offer.Manifest.Context, offer.Offer.MaxTokens,
        offer.Prices, offer.Level, offer.Healthy, offer.Busy, offer.Capacity);
}
