namespace ProofMesh.Inference;

/// <summary>A model on disk, opened and checked but not loaded: its files stay open, its weights out of memory.</summary>
public sealed class ModelFiles : IDisposable
{
    private readonly ModelWeights _weights;
    private IReadOnlyList<string>? _digests;

    private ModelFiles(string path, string name)
    {
        (Path, Name) = (path, name);
        Config = ModelConfig.Load(path);
        Tokenizer = Tokenizer.Load(path);
        Checkpoint = Checkpoint.Open(path);
        try
        {
            _weights = new ModelWeights(Checkpoint, Config);
        }
        catch
        {
            Checkpoint.Dispose();
            throw;
        }
    }

    /// <summary>The folder, or the GGUF file.</summary>
    public string Path { get; }

    /// <summary>As its folder is called, or its file where no folder was named.</summary>
    public string Name { get; }

    public ModelConfig Config { get; }

    public Tokenizer Tokenizer { get; }

    public Checkpoint Checkpoint { get; }

    /// <summary>Numbers in its tensors; a head that is the embedding table counts once.</summary>
    public long Parameters =>
        Checkpoint.Tensors.Values.Where(t => !Config.TiedHead || t.Name != "lm_head.weight").Sum(t => t.ElementCount);

    internal ModelWeights Weights => _weights;

    /// <param name="path">A folder as Hugging Face publishes it, a GGUF file, or a folder that holds one.</param>
    /// <exception cref="CheckpointException">There is no model, or its weights are missing, damaged or don't fit its config.</exception>
    /// <exception cref="ModelConfigException">It asks for what isn't supported.</exception>
    /// <exception cref="TokenizerException">Its tokenizer is missing, damaged or not supported.</exception>
    public static ModelFiles Open(string path) =>
        new(Place(path), System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path))));

    /// <summary>Whether a fault says that a model can't be used, rather than that this program is wrong.</summary>
    public static bool IsFault(Exception fault) =>
        fault is CheckpointException or ModelConfigException or TokenizerException or IOException or UnauthorizedAccessException;

    /// <summary>SHA-256 of each weights file in order of its name, lower-case hex; computed once.</summary>
    /// <param name="progress">Told the share that was read, 0 to 1, where they aren't known.</param>
    public IReadOnlyList<string> Digests(string cacheFolder, Action<double>? progress = null)
    {
        var done = 0L;
        return _digests ??= Checkpoint.Digests(cacheFolder.Length > 0 ? new WeightCache(cacheFolder) : null, bytes => progress?.Invoke((double)(done += bytes) / Checkpoint.Bytes));
    }

    public void Dispose() => Checkpoint.Dispose();

    private static string Place(string path)
    {
        if (File.Exists(path))
            return GgufFile.Is(path) ? path : throw new CheckpointException($"{path} is no model: a folder as Hugging Face publishes it or a *.gguf file is expected.");
        if (!Directory.Exists(path))
            throw new CheckpointException($"{path} doesn't exist.");
        if (File.Exists(System.IO.Path.Combine(path, "config.json")))
            return path;
        return Directory.GetFiles(path, "*.gguf") switch
        {
            [] => throw new CheckpointException($"{path} is no model: it holds neither a config.json nor a *.gguf file."),
            [var file] => file,
            var files => throw new CheckpointException($"{path} holds {files.Length} GGUF files: name one of them."),
        };
    }
}
