using System.Text.Json.Nodes;

namespace ProofMesh.Inference.Tests;

public sealed class ModelOutlineTests
{
    public static TheoryData<string, WeightFormat> Kinds
    {
        get
        {
            var kinds = new TheoryData<string, WeightFormat>();
            foreach (var name in Architectures.Names.Take(8))
            {
                foreach (var format in Enum.GetValues<WeightFormat>())
                    kinds.Add(name, format);
            }
            return kinds;
        }
    }

    [Theory]
    [InlineData(Backend.Torch, WeightFormat.Int8, "cpu", "not Int8")]
    [InlineData(Backend.Torch, WeightFormat.Float32, "abacus", "abacus")]
    public void A_format_that_the_backend_lacks_is_refused_before_anything_is_loaded(Backend backend, WeightFormat format, string device, string named)
    {
        using var files = ModelFiles.Open(EmbeddedModel.Folder);
        var fault = Assert.Throws<ArgumentException>(() => new ModelOutline(files, new EngineOptions { Folder = files.Path, Backend = backend, Weights = format, Device = device }));
        Assert.Contains(named, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_it_will_take_in_memory_is_what_it_takes(string architecture, WeightFormat format)
    {
        using var model = new RandomModel(Architectures.Config(architecture), tokenizer: ByteTokenizer.Json());
        using var files = ModelFiles.Open(model.Folder);
        var outline = new ModelOutline(files, new EngineOptions { Folder = model.Folder, Weights = format, MaxContext = 100 });
        using var packed = new CpuModel(files.Config, files.Weights, format);
        using var runner = new CpuRunner(files.Config, files.Weights, format, 100, threads: 1);
        Assert.Equal(packed.Bytes, outline.Memory.Weights);
        Assert.Equal(runner.Pool.Count * BlockPool.Tokens * runner.CacheBytesPerToken, outline.Memory.Cache);
    }

    [Theory]
    [InlineData(WeightFormat.Float32, "cpu-f32")]
    [InlineData(WeightFormat.Int4, "cpu-q4")]
    public void It_names_what_an_engine_will_run_before_one_runs(WeightFormat format, string scheme)
    {
        var options = new EngineOptions { Folder = EmbeddedModel.Folder, Name = "words", Weights = format, MaxContext = 200, Threads = 1, CacheTokens = 150 };
        using var files = ModelFiles.Open(EmbeddedModel.Folder);
        var outline = new ModelOutline(files, options);
        using var engine = Engine.Load(options);
        Assert.Equal((scheme, 150, "words"), (outline.Model.Scheme, outline.Model.Context, outline.Model.Name));
        Assert.Equivalent(engine.Model, outline.Model, strict: true);
    }

    [Fact]
    public async Task A_model_is_loaded_again_after_it_was_unloaded_and_answers_the_same()
    {
        var config = RandomModel.Config("llama", new JsonObject { ["vocab_size"] = ByteTokenizer.Vocabulary });
        using var model = new RandomModel(config, tokenizer: ByteTokenizer.Json());
        using var files = ModelFiles.Open(model.Folder);
        var outline = new ModelOutline(files, new EngineOptions { Folder = model.Folder, Threads = 1 });
        var answers = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            using var engine = Engine.Load(outline);
            var text = "";
            await foreach (var piece in engine.Generate(TestEngine.Request("again", 20)))
                text += string.Join(',', piece.Ids) + ",";
            answers.Add(text);
        }
        Assert.Single(answers.Distinct(StringComparer.Ordinal));
    }
}
