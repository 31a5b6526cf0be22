using ProofMesh.Inference;
using ProofMesh.Protocol;

namespace ProofMesh.Provider;

/// <summary>One of several models that a node sells. What is null is as the node's own option of that name says.</summary>
sealed record ModelOptions
{
    /// <summary>A model folder, a GGUF file, or the name of a model of the store; the embedded model when empty.</summary>
    public string Model { get; init; } = "";

    /// <summary>What customers ask for; null: as the folder is called.</summary>
    public string? Name { get; init; }

    public Backend? Backend { get; init; }

    public WeightFormat? Weights { get; init; }

    public string? Device { get; init; }

    public int? Threads { get; init; }

    public int? MaxContext { get; init; }

    /// <summary>Tokens of key-value cache; 0: what fits 1 GiB, at least one context.</summary>
    public int? CacheTokens { get; init; }

    public uint? MaxTokens { get; init; }

    /// <summary>Base units per 1,000,000 tokens.</summary>
    public ulong? InputPrice { get; init; }

    public ulong? CachedPrice { get; init; }

    public ulong? OutputPrice { get; init; }

    /// <summary>With nothing null but, where it isn't stated, the name.</summary>
    public ModelOptions Within(ProviderOptions node) => this with
    {
        Name = Name is { Length: > 0 } ? Name : null,
        Backend = Backend ?? node.Backend,
        Weights = Weights ?? node.Weights,
        Device = Device ?? node.Device,
        Threads = Threads ?? node.Threads,
        MaxContext = MaxContext ?? node.MaxContext,
        CacheTokens = CacheTokens ?? node.CacheTokens,
        MaxTokens = MaxTokens ?? node.MaxTokens,
        InputPrice = InputPrice ?? node.InputPrice,
        CachedPrice = CachedPrice ?? node.CachedPrice,
        OutputPrice = OutputPrice ?? node.OutputPrice,
    };

    /// <param name="which">How messages name it, such as Models:0:.</param>
    /// <exception cref="ArgumentException">A value is out of bounds; the message says which and what to write.</exception>
    public void Check(string which)
    {
        if (MaxTokens is < 1 or > 1_000_000) throw new ArgumentException($"{which}MaxTokens: {MaxTokens} isn't from 1 to 1000000.");
        if (Name is { Length: > 200 }) throw new ArgumentException($"{which}Name: {Name.Length} characters are too many, 200 are taken.");
        if (CachedPrice > InputPrice) throw new ArgumentException($"{which}CachedPrice: {CachedPrice} is above InputPrice, {InputPrice}; a cached token can't cost more than a computed one.");
    }

    public Prices Prices => new(InputPrice ?? 0, CachedPrice ?? 0, OutputPrice ?? 0);
}
