using Microsoft.Extensions.Configuration;
using ProofMesh.Inference;

namespace ProofMesh.Provider.Tests;

public sealed class ModelOptionsTests
{
    [Theory]
    [InlineData("Model=words", "write one of them")]
    [InlineData("ModelName=words", "write one of them")]
    [InlineData("Models:1:CachedPrice=100001", "Models:1:CachedPrice")]
    [InlineData("Models:0:MaxTokens=0", "Models:0:MaxTokens")]
    [InlineData("InputPrice=5", "Models:0:CachedPrice")]
    [InlineData("MemoryBudget=-1", "MemoryBudget")]
    public void A_wrong_option_is_named(string option, string named)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.Journal, "");
        var fault = Assert.Throws<ArgumentException>(() => Read($"Provider={Samples.Provider.Address}", $"NodeKeyFile={folder.Journal}", $"Data={folder.Path}", "Models:0:Model=one", "Models:1:Model=two", option).Check());
        Assert.Contains(named, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Models:0:Weights=Int9", "Models:0:Weights")]
    [InlineData("Models:0:OutputPrice=-5", "Models:0:OutputPrice")]
    [InlineData("Models=words", "no list")]
    public void A_model_that_cannot_be_read_is_not_passed_over(string option, string named)
    {
        var fault = Assert.ThrowsAny<Exception>(() => Read(option));
        Assert.True(fault is InvalidOperationException or ArgumentException, fault.ToString());
        Assert.Contains(named, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_list_the_one_model_is_sold()
    {
        var model = Assert.Single(Read("Model=folder", "ModelName=words", "OutputPrice=7").ForSale);
        Assert.Equal(("folder", "words", 7ul), (model.Model, model.Name, model.Prices.Output));
    }

    [Fact]
    public void What_a_model_leaves_open_is_as_the_node_says()
    {
        var models = Read("Weights=Int8", "InputPrice=90000", "Models:0:Model=one", "Models:0:Weights=Int4", "Models:1:Model=two", "Models:1:InputPrice=80000").ForSale;
        Assert.Equal([WeightFormat.Int4, WeightFormat.Int8], models.Select(model => model.Weights!.Value));
        Assert.Equal([90_000ul, 80_000ul], models.Select(model => model.Prices.Input));
    }

    static ProviderOptions Read(params string[] options) =>
        Configuration.Options(new ConfigurationBuilder().AddInMemoryCollection(options.Select(option => option.Split('=')).Select(pair => KeyValuePair.Create<string, string?>(pair[0], pair[1]))).Build());
}
