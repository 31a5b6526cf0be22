using System.Text.Json.Nodes;
using ProofMesh.Testing;

namespace ProofMesh.Inference.Tests;

public sealed class ModelStoreTests : IDisposable
{
    private static readonly GgufShape Shape = new(64, 2, 4, 2, 16, 96, 300, Context: 128);

    private readonly string _folder = Directory.CreateTempSubdirectory("store-").FullName;
    private readonly RandomModel _model = new(RandomModel.Config("llama", new JsonObject { ["vocab_size"] = ByteTokenizer.Vocabulary }), tokenizer: ByteTokenizer.Json());
    private readonly ModelStore _store;

    public ModelStoreTests() => _store = new ModelStore(Path.Combine(_folder, "models"), Path.Combine(_folder, "cache"));

    private string Weights => Path.Combine(_model.Folder, "model.safetensors");

    public void Dispose()
    {
        _model.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("../words")]
    [InlineData("a/b")]
    [InlineData(".hidden")]
    [InlineData("two words")]
    [InlineData("ｗords")]
    public void What_is_no_name_leads_nowhere(string name)
    {
        Assert.Contains("no name", Assert.Throws<ModelStoreException>(() => _store.Import(_model.Folder, name)).Message, StringComparison.Ordinal);
        Assert.Throws<ModelStoreException>(() => _store.Find(name));
        Assert.Throws<ModelStoreException>(() => _store.Remove(name));
        Assert.False(_store.Has(name));
        Assert.Empty(_store.Names);
    }

    [Fact]
    public void A_truncated_model_is_refused_and_leaves_nothing()
    {
        using (var stream = File.OpenWrite(Weights))
            stream.SetLength(stream.Length - 1);
        Assert.Contains("model.safetensors", Assert.Throws<CheckpointException>(() => _store.Import(_model.Folder, "words")).Message, StringComparison.Ordinal);
        AssertEmpty();
    }

    [Fact]
    public void An_architecture_that_is_not_supported_is_refused_by_its_name()
    {
        File.WriteAllText(Path.Combine(_model.Folder, "config.json"), RandomModel.Config("mamba").ToJsonString());
        Assert.Contains("mamba", Assert.Throws<ModelConfigException>(() => _store.Import(_model.Folder, "words")).Message, StringComparison.Ordinal);
        AssertEmpty();
    }

    [Fact]
    public void A_folder_without_a_model_is_refused()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "notes")).FullName;
        Assert.Contains("no model", Assert.Throws<CheckpointException>(() => _store.Import(folder)).Message, StringComparison.Ordinal);
        Assert.Contains("doesn't exist", Assert.Throws<CheckpointException>(() => _store.Import(Path.Combine(_folder, "nowhere"))).Message, StringComparison.Ordinal);
        AssertEmpty();
    }

    [Fact]
    public void A_name_that_is_taken_keeps_its_model()
    {
        _store.Import(_model.Folder, "words");
        File.WriteAllText(Path.Combine(_store.PathOf("words"), "mine"), "");
        Assert.Contains("already", Assert.Throws<ModelStoreException>(() => _store.Import(_model.Folder, "words")).Message, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_store.PathOf("words"), "mine")));
    }

    [Fact]
    public void A_model_larger_than_the_disk_is_refused_with_the_numbers()
    {
        // A terabyte of holes, which are zeros and take no room.
        var config = RandomModel.Config("llama", new JsonObject { ["vocab_size"] = 1 << 21, ["hidden_size"] = 1 << 16, ["intermediate_size"] = 1 << 18, ["num_hidden_layers"] = 1, ["num_attention_heads"] = 64, ["tie_word_embeddings"] = false });
        File.WriteAllText(Path.Combine(_model.Folder, "config.json"), config.ToJsonString());
        WriteHoles(ModelConfig.Load(_model.Folder));
        var fault = Assert.Throws<ModelStoreException>(() => _store.Import(_model.Folder, "words"));
        Assert.Contains("no space", fault.Message, StringComparison.Ordinal);
        AssertEmpty();
    }

    [Fact]
    public void An_import_that_is_stopped_leaves_nothing()
    {
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => _store.Import(_model.Folder, "words", share => stop.Cancel(), stop.Token));
        AssertEmpty();
    }

    [Fact]
    public void What_a_killed_import_left_is_swept_away_and_one_at_work_is_not()
    {
        using var at_work = new UnfinishedFolder(_store.Folder);
        var killed = Directory.CreateDirectory(UnfinishedFolder.NameIn(_store.Folder)).FullName;
        File.WriteAllText(Path.Combine(killed, "model.safetensors"), "half");
        Assert.Empty(_store.Names);
        _store.Import(_model.Folder, "words");
        Assert.False(Directory.Exists(killed));
        Assert.True(Directory.Exists(at_work.Path));
        Assert.Equal(["words"], _store.Names);
    }

    [Fact]
    public void A_model_that_a_program_has_open_is_not_removed()
    {
        _store.Import(_model.Folder, "words");
        using (ModelFiles.Open(_store.Find("words")))
            Assert.Contains("in use", Assert.Throws<ModelStoreException>(() => _store.Remove("words")).Message, StringComparison.Ordinal);
        _store.Remove("words");
        AssertEmpty();
    }

    [Fact]
    public void A_damaged_model_can_be_removed()
    {
        _store.Import(_model.Folder, "words");
        File.WriteAllText(Path.Combine(_store.PathOf("words"), "config.json"), "{");
        _store.Remove("words");
        AssertEmpty();
    }

    [Fact]
    public void A_copy_is_the_same_model_to_the_last_byte()
    {
        File.WriteAllText(Path.Combine(_model.Folder, "chat_template.jinja"), "{{ messages[0].content }}");
        Directory.CreateDirectory(Path.Combine(_model.Folder, "additional_chat_templates"));
        File.WriteAllText(Path.Combine(_model.Folder, "additional_chat_templates", "tool.jinja"), "tool");
        File.WriteAllText(Path.Combine(_model.Folder, "LICENSE.txt"), "free");
        File.WriteAllText(Path.Combine(_model.Folder, "pytorch_model.bin"), "the same again, for others");
        var told = new List<double>();
        Assert.Equal("words", _store.Import(_model.Folder, "words", told.Add));
        Assert.Equal(told.Order(), told);
        Assert.Equal(1, told[^1], 9);
        Assert.Equal(
            ["LICENSE.txt", "additional_chat_templates/tool.jinja", "chat_template.jinja", "config.json", "model.safetensors", "tokenizer.json"],
            Directory.EnumerateFiles(_store.PathOf("words"), "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_store.PathOf("words"), file)).Order(StringComparer.Ordinal));
        Assert.Equal(Digest(_model.Folder, "words"), Digest(_store.Find("words"), null));
    }

    [Fact]
    public void A_folder_of_links_as_downloads_are_kept_becomes_one_of_files()
    {
        var links = Directory.CreateDirectory(Path.Combine(_folder, "snapshot")).FullName;
        foreach (var file in Directory.GetFiles(_model.Folder))
            File.CreateSymbolicLink(Path.Combine(links, Path.GetFileName(file)), file);
        _store.Import(links, "words");
        Assert.All(Directory.GetFiles(_store.PathOf("words")), file => Assert.Null(new FileInfo(file).LinkTarget));
        Assert.Equal(Digest(_model.Folder, "words"), Digest(_store.Find("words"), null));
    }

    [Fact]
    public void A_GGUF_file_stays_one_and_its_folder_is_opened_as_the_model()
    {
        var file = Path.Combine(_folder, "tiny-q8.gguf");
        RandomGguf.Write(file, Shape, RandomGguf.Q8);
        Assert.Equal("tiny-q8", _store.Import(file));
        Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(_store.PathOf("tiny-q8"), "tiny-q8.gguf")));
        using var engine = Engine.Load(new EngineOptions { Folder = _store.Find("tiny-q8"), Weights = WeightFormat.Int8, Threads = 1 });
        Assert.Equal("tiny-q8", engine.Model.Name);
        Assert.Equal(Digest(file, "tiny-q8", WeightFormat.Int8), Digest(_store.Find("tiny-q8"), null, WeightFormat.Int8));
    }

    [Fact]
    public void A_removed_model_takes_its_packed_weights_along_and_leaves_others_theirs()
    {
        // Smaller ones aren't kept.
        var shape = new GgufShape(1024, 1, 8, 2, 128, 1024, 33_000);
        foreach (var (name, layers) in new[] { ("one", 1), ("two", 2) })
        {
            var file = Path.Combine(_folder, $"{name}.gguf");
            RandomGguf.Write(file, shape with { Layers = layers }, RandomGguf.BF16);
            _store.Import(file);
            using var engine = Engine.Load(new EngineOptions { Folder = _store.Find(name), Weights = WeightFormat.Int4, Threads = 1, CacheFolder = _store.CacheFolder, CacheTokens = 64 });
        }
        Assert.Equal((2, 2), (Kept("packed"), Kept("sha256")));
        var size = Directory.GetFiles(_store.PathOf("one")).Sum(file => new FileInfo(file).Length);
        Assert.True(_store.Remove("one") > size);
        Assert.Equal((1, 1), (Kept("packed"), Kept("sha256")));
        Assert.Equal(["two"], _store.Names);

        int Kept(string ending) => Directory.GetFiles(_store.CacheFolder, $"*.{ending}").Length;
    }

    private static string Digest(string path, string? name, WeightFormat format = WeightFormat.Float32)
    {
        using var files = ModelFiles.Open(path);
        var model = new ModelOutline(files, new EngineOptions { Folder = path, Name = name, CacheFolder = "", Weights = format }).Model;
        return string.Join('|', [model.Name, $"{model.Context}", model.Scheme, model.Tokenizer, .. model.Weights]);
    }

    private void WriteHoles(ModelConfig config)
    {
        var (header, end) = (new JsonObject(), 0L);
        foreach (var (name, shape) in RandomModel.Tensors(config))
        {
            var start = end;
            end += shape.Aggregate(4L, (bytes, size) => bytes * size);
            header[name] = new JsonObject { ["dtype"] = "F32", ["shape"] = new JsonArray([.. shape.Select(size => (JsonNode)size)]), ["data_offsets"] = new JsonArray(start, end) };
        }
        var json = System.Text.Encoding.UTF8.GetBytes(header.ToJsonString());
        using var file = File.Create(Weights);
        file.Write(BitConverter.GetBytes((ulong)json.Length));
        file.Write(json);
        file.SetLength(8 + json.Length + end);
    }

    private void AssertEmpty() => Assert.True(!Directory.Exists(_store.Folder) || Directory.GetFileSystemEntries(_store.Folder).Length == 0);
}
