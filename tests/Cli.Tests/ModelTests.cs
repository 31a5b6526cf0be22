using System.Text.Json.Nodes;
using ProofMesh.Inference;
using ProofMesh.Inference.Tests;
using ProofMesh.Testing;

namespace ProofMesh.Cli.Tests;

/// <summary>The store of models, on real tiny ones.</summary>
public sealed class ModelTests : IDisposable
{
    readonly Terminal terminal = new();
    readonly RandomModel model = new(RandomModel.Config("qwen3", new JsonObject { ["vocab_size"] = ByteTokenizer.Vocabulary }), tokenizer: ByteTokenizer.Json());

    public void Dispose()
    {
        model.Dispose();
        terminal.Dispose();
    }

    string Store => Path.Combine(terminal.Folder, ".proofmesh", "models");

    async Task Refused(string[] words, string because)
    {
        var (code, _, errors) = await terminal.Run(words);
        Assert.Equal(1, code);
        Assert.Contains(because, errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    async Task<JsonNode> Told(params string[] words)
    {
        var (code, output, errors) = await terminal.Run([.. words, "--json"]);
        Assert.True(code == 0, errors);
        return JsonNode.Parse(output)!;
    }

    [Theory]
    [InlineData("model burn", "burn")]
    [InlineData("model import", "Required argument")]
    [InlineData("model import nowhere", "nowhere doesn't exist")]
    [InlineData("model import .", "neither a config.json nor")]
    [InlineData("model show words", "no model 'words'")]
    [InlineData("model show ../words", "no name")]
    [InlineData("model show words --context 0", "--context")]
    [InlineData("model remove words", "no model 'words'")]
    public Task A_wrong_word_is_refused(string words, string because) => Refused(words.Split(' '), because);

    [Fact]
    public async Task A_model_that_cannot_run_is_refused_with_its_reason()
    {
        File.WriteAllText(Path.Combine(model.Folder, "config.json"), RandomModel.Config("gpt_neox").ToJsonString());
        await Refused(["model", "import", model.Folder], "gpt_neox");
        Assert.False(Directory.Exists(Store));
    }

    [Fact]
    public async Task A_truncated_GGUF_file_is_refused()
    {
        var file = terminal.File("tiny.gguf");
        RandomGguf.Write(file, new GgufShape(64, 2, 4, 2, 16, 96, 300, Context: 128), RandomGguf.Q4);
        using (var stream = File.OpenWrite(file)) stream.SetLength(stream.Length / 2);
        await Refused(["model", "import", file], "tiny.gguf");
    }

    [Fact]
    public async Task A_model_comes_is_shown_as_a_node_would_sell_it_and_goes()
    {
        Assert.Contains("no models", (await terminal.Run(["model", "list"])).Output, StringComparison.Ordinal);
        Assert.Equal(Path.Combine(Store, "words"), (string?)(await Told("model", "import", model.Folder, "--name", "words"))["path"]);
        await Refused(["model", "import", model.Folder, "--name", "words"], "already");
        var listed = Assert.Single((await Told("model", "list")).AsArray())!;
        Assert.Equal(("words", "qwen3", "F32"), ((string?)listed["name"], (string?)listed["architecture"], (string?)listed["stored"]));

        var shown = await Told("model", "show", "words", "--context", "100");
        Assert.Contains("no chat template", (string?)shown["template_fault"], StringComparison.Ordinal);
        foreach (var format in shown["formats"]!.AsArray().Where(format => (string?)format!["backend"] == "Cpu"))
        {
            using var engine = Engine.Load(new EngineOptions { Folder = Path.Combine(Store, "words"), MaxContext = 100, Weights = Enum.Parse<WeightFormat>((string)format!["weights"]!), Threads = 1 });
            Assert.Equal(Manifests.Of(engine.Model).Digest().ToString(), (string?)format["digest"]);
        }
        var (_, text, _) = await terminal.Run(["model", "show", "words", "--context", "100"]);
        Assert.All(shown["formats"]!.AsArray(), format => Assert.Contains((string)format!["digest"]!, text, StringComparison.Ordinal));
        Assert.NotEqual((string?)shown["formats"]![0]!["digest"], (string?)(await Told("model", "show", "words", "--context", "100", "--as", "other"))["formats"]![0]!["digest"]);

        using (ModelFiles.Open(Path.Combine(Store, "words")))
            await Refused(["model", "remove", "words"], "in use");
        Assert.Equal("words", (string?)(await Told("model", "remove", "words"))["name"]);
        Assert.Empty(Directory.GetFileSystemEntries(Store));
    }

    [Fact]
    public async Task A_GGUF_file_is_imported_as_it_is()
    {
        var file = terminal.File("tiny.gguf");
        RandomGguf.Write(file, new GgufShape(64, 2, 4, 2, 16, 96, 300, Context: 128), RandomGguf.Q8);
        terminal.Environment["PROOFMESH_MODELSTORE"] = terminal.File("elsewhere");
        await Told("model", "import", "tiny.gguf");
        Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(terminal.File("elsewhere"), "tiny", "tiny.gguf")));
        var shown = await Told("model", "show", "tiny");
        Assert.Equal(("llama", "Q8_0", 128), ((string?)shown["architecture"], (string?)shown["stored"]![0]!["type"], (int)shown["context"]!));
    }

    [Fact]
    public async Task A_damaged_model_is_listed_with_what_is_wrong()
    {
        Directory.CreateDirectory(Path.Combine(Store, "broken"));
        File.WriteAllText(Path.Combine(Store, "broken", "config.json"), "{");
        Assert.Contains("config.json", (string?)Assert.Single((await Told("model", "list")).AsArray())!["fault"], StringComparison.Ordinal);
        await Refused(["model", "show", "broken"], "config.json");
    }
}
