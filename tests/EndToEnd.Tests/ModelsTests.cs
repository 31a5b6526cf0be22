using System.Text.Json.Nodes;
using ProofMesh.Client;
using ProofMesh.Inference;
using ProofMesh.Protocol;

namespace ProofMesh.EndToEnd.Tests;

/// <summary>A node with several models of a store and memory for one of them.</summary>
public sealed class ModelsTests(Market market)
{
    const string Question = "Define harvest.";

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_node_with_memory_for_one_of_its_models_answers_for_each_in_turn_and_is_paid()
    {
        var store = new ModelStore(Path.Combine(market.Local.Folder, "models"));
        foreach (var name in new[] { "words-full", "words-half" }) store.Import(EmbeddedModel.Folder, name);
        using var files = ModelFiles.Open(EmbeddedModel.Folder);
        ModelOutline full = Outline(files, "words-full", WeightFormat.Float32), half = Outline(files, "words-half", WeightFormat.BFloat16), wide = Outline(files, "words-wide", WeightFormat.Float32, cacheTokens: 1_000_000);
        await using var node = await PrivateNode.StartAsync(market, Stop,
            ("Gateways", new JsonArray($"{market.Local.Gateway.Replace("http", "ws", StringComparison.Ordinal)}/v1/nodes")),
            ("ModelStore", store.Folder),
            ("MemoryBudget", Math.Max(full.Memory.Total, half.Memory.Total)),
            ("Models", new JsonArray(
                new JsonObject { ["Model"] = "words-full", ["OutputPrice"] = 500_000 },
                new JsonObject { ["Model"] = "words-half", ["Weights"] = "BFloat16", ["OutputPrice"] = 300_000 },
                new JsonObject { ["Name"] = "words-wide", ["CacheTokens"] = 1_000_000 })));

        using (var direct = await Direct.To(market, node.Url, Stop))
        {
            using var stranger = await market.Customer(Stop, withMoney: false);
            var refusal = await direct.Refusal(direct.Ask(stranger.Wallet) with { Model = Manifests.Of(wide.Model).Digest() }, Stop);
            Assert.Equal(NodeFault.UnknownModel, refusal.Fault);
            Assert.Contains($"words-wide needs {wide.Memory.Weights} bytes", refusal.Message, StringComparison.Ordinal);
        }

        using var customer = await market.Customer(Stop);
        await Market.Until(() => market.Http.GetStringAsync(new Uri($"{market.Local.Gateway}/v1/models"), Stop), models => models.Contains("words-half", StringComparison.Ordinal), Stop);
        var expected = new Dictionary<string, string>(StringComparer.Ordinal) { ["words-full"] = await Answer(full), ["words-half"] = await Answer(half) };
        foreach (var (outline, price) in new[] { (full, 500_000ul), (half, 300_000ul), (full, 500_000ul), (half, 300_000ul) })
        {
            var answer = await customer.Mesh.Chat.CompleteAsync(new() { Model = outline.Model.Name, Messages = [new("user", Question)], Temperature = 0, MaxTokens = 24 }, Stop);
            Assert.Equal(expected[outline.Model.Name], answer.Text);
            var paid = (await customer.Mesh.Account.GetReceiptsAsync(1, Stop))[0];
            Assert.Equal(("paid", paid.Receipt!.Receipt.Fee), (paid.Status, paid.Paid));
            Assert.Equal((Manifests.Of(outline.Model).Digest(), price), (paid.Receipt.Receipt.Model, paid.Receipt.Receipt.OutputPrice));
        }
        Assert.Equal(3, node.Log().Split("\"model_unloaded\"").Length - 1);
        Assert.Throws<ModelStoreException>(() => store.Remove("words-half"));
        Assert.Empty(await market.BookFaults(Stop));
    }

    static ModelOutline Outline(ModelFiles files, string name, WeightFormat format, int cacheTokens = 0) =>
        new(files, new EngineOptions { Folder = files.Path, Name = name, Weights = format, Threads = 1, CacheTokens = cacheTokens });

    static async Task<string> Answer(ModelOutline outline)
    {
        using var engine = Engine.Load(outline);
        var text = "";
        var request = new GenerateRequest { Prompt = engine.Prompt([new Inference.ChatMessage("user", Question)]), MaxTokens = 24, Sampling = new() { Temperature = 0, Seed = new byte[32] } };
        await foreach (var piece in engine.Generate(request, Stop)) text += piece.Text;
        return text;
    }
}
