using ProofMesh.Protocol;

namespace ProofMesh.Provider;

/// <summary>The node's signed price for one model, renewed before it runs out. Older quotes hold until their own time is up.</summary>
sealed class Quotes(ModelManifest manifest, Prices prices, uint maxTokens, TimeSpan life, Address node, Func<Bytes32, Signature> sign, Rail rail, TimeProvider time)
{
    readonly Lock gate = new();
    readonly Dictionary<Bytes32, SignedQuote> issued = [];
    SignedQuote? newest;

    public Bytes32 Model { get; } = manifest.Digest();

    public ModelManifest Manifest => manifest;

    public uint MaxTokens => maxTokens;

    public Offer Current()
    {
        lock (gate)
        {
            var now = Now();
            if (newest is null || newest.Quote.ValidUntil < now + (ulong)(life.TotalSeconds / 2)) Renew(now);
            return new Offer(manifest, newest!, maxTokens);
        }
    }

    /// <summary>Whether this node made the quote and still stands by it.</summary>
    public bool Stands(SignedQuote quote)
    {
        lock (gate)
            return quote.Quote.ValidUntil >= Now() && issued.TryGetValue(quote.Quote.NodeNonce, out var own) && own == quote;
    }

    void Renew(ulong now)
    {
        foreach (var old in issued.Values.Where(quote => quote.Quote.ValidUntil < now).ToList()) issued.Remove(old.Quote.NodeNonce);
        var quote = new Quote(node, Model, prices.Input, prices.Cached, prices.Output, now + (ulong)life.TotalSeconds, Bytes32.Random());
        newest = new SignedQuote(quote, sign(quote.Digest(rail)));
        issued[quote.NodeNonce] = newest;
    }

    ulong Now() => (ulong)time.GetUtcNow().ToUnixTimeSeconds();
}
