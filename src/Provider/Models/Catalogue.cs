using System.Collections.Frozen;
using ProofMesh.Protocol;

namespace ProofMesh.Provider;

/// <summary>The models that this node sells, by the digests that requests name.</summary>
/// <remarks>One that would never fit the memory budget isn't offered; who asks for it all the same is told why.</remarks>
sealed class Catalogue
{
    readonly long budget;
    readonly FrozenDictionary<Bytes32, SoldModel> known;

    /// <exception cref="ArgumentException">Two are the same to a customer, or none fits.</exception>
    public Catalogue(IReadOnlyList<SoldModel> models, long budget)
    {
        this.budget = budget;
        if (models.GroupBy(model => model.Digest).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new ArgumentException($"Models: {twice.First().Name} is listed twice, alike in all that customers see: give one another Name.");
        known = models.ToFrozenDictionary(model => model.Digest);
        Sold = [.. models.Where(Fits)];
        if (Sold.Length == 0) throw new ArgumentException(TooLarge(models.MinBy(model => model.Outline.Memory.Total)!) + " Raise MemoryBudget, or write another Weights, MaxContext or CacheTokens.");
    }

    /// <summary>In the order of the options.</summary>
    public SoldModel[] Sold { get; }

    public Offer[] Offers() => [.. Sold.Select(model => model.Quotes.Current())];

    /// <exception cref="RefusalException">This node doesn't sell it.</exception>
    public SoldModel Find(Bytes32 digest) => known.GetValueOrDefault(digest) switch
    {
        null => throw new RefusalException(NodeFault.UnknownModel, $"This node sells {string.Join(", ", Sold.Select(model => $"{model.Name} ({model.Digest})"))}, not {digest}."),
        var model when !Fits(model) => throw new RefusalException(NodeFault.UnknownModel, TooLarge(model)),
        var model => model,
    };

    /// <summary>What is said of the models that don't fit.</summary>
    public IEnumerable<string> Faults() => known.Values.Where(model => !Fits(model)).Select(TooLarge);

    bool Fits(SoldModel model) => model.Outline.Memory.Total <= budget;

    string TooLarge(SoldModel model) =>
        $"Model {model.Name} needs {model.Outline.Memory.Weights} bytes for its weights and {model.Outline.Memory.Cache} for its cache, {model.Outline.Memory.Total} in all; this node has {budget} for its models.";
}
