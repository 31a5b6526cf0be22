using ProofMesh.Inference;
using ProofMesh.Protocol;

namespace ProofMesh.Provider.Tests;

public sealed class CatalogueTests : IDisposable
{
    readonly ModelFiles files = ModelFiles.Open(EmbeddedModel.Folder);

    public void Dispose() => files.Dispose();

    [Fact]
    public void A_model_that_never_fits_is_not_offered_and_who_asks_for_it_hears_the_numbers()
    {
        SoldModel large = Sold("large", WeightFormat.Float32), small = Sold("small", WeightFormat.Int4);
        var budget = large.Outline.Memory.Total - 1;
        var catalogue = new Catalogue([large, small], budget);
        Assert.Equal("small", Assert.Single(catalogue.Offers()).Manifest.Name);
        var refusal = Assert.Throws<RefusalException>(() => catalogue.Find(large.Digest));
        Assert.Equal(NodeFault.UnknownModel, refusal.Fault);
        Assert.Contains("large", refusal.Message, StringComparison.Ordinal);
        Assert.Contains($"{large.Outline.Memory.Total} in all", refusal.Message, StringComparison.Ordinal);
        Assert.Contains($"{budget} for its models", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_none_of_whose_models_fits_does_not_start()
    {
        var fault = Assert.Throws<ArgumentException>(() => new Catalogue([Sold("words", WeightFormat.Int8)], 1_000));
        Assert.Contains("MemoryBudget", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_is_listed_twice_is_refused_by_its_name()
    {
        var fault = Assert.Throws<ArgumentException>(() => new Catalogue([Sold("words", WeightFormat.Int8), Sold("words", WeightFormat.Int8)], long.MaxValue));
        Assert.Contains("words is listed twice", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_digest_that_nobody_sells_is_refused_with_what_is_sold()
    {
        var model = Sold("words", WeightFormat.Int8);
        var refusal = Assert.Throws<RefusalException>(() => new Catalogue([model], long.MaxValue).Find(Bytes32.Random()));
        Assert.Equal(NodeFault.UnknownModel, refusal.Fault);
        Assert.Contains(model.Digest.ToString(), refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_model_is_offered_at_its_own_price()
    {
        var catalogue = new Catalogue([Sold("one", WeightFormat.Int8, 5), Sold("two", WeightFormat.Int8, 7)], long.MaxValue);
        Assert.Equal([("one", 5ul), ("two", 7ul)], catalogue.Offers().Select(offer => (offer.Manifest.Name, offer.Quote.Quote.InputPrice)));
        Assert.All(catalogue.Offers(), offer => Assert.Equal(offer.Manifest.Digest(), offer.Quote.Quote.Model));
    }

    SoldModel Sold(string name, WeightFormat format, ulong price = 1)
    {
        var outline = new ModelOutline(files, new EngineOptions { Folder = files.Path, Name = name, Weights = format });
        return new SoldModel(outline, new Quotes(Manifests.Of(outline.Model), new Prices(price, price, price), 64, TimeSpan.FromMinutes(1), Samples.Node.Address, Samples.Node.Sign, Samples.Rail, TimeProvider.System));
    }
}
