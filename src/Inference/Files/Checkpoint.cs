using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace ProofMesh.Inference;

/// <summary>The weights of a model, memory-mapped: a folder's safetensors file, several under an index, or a GGUF file.</summary>
public sealed class Checkpoint : IDisposable
{
    private readonly List<MappedFile> _files;

    private Checkpoint(List<MappedFile> files, FrozenDictionary<string, TensorView> tensors)
    {
        _files = files;
        Tensors = tensors;
    }

    /// <summary>Every tensor by its published name; views live as long as this checkpoint.</summary>
    public IReadOnlyDictionary<string, TensorView> Tensors { get; }

    public TensorView this[string name] =>
        TryGet(name, out var tensor) ? tensor : throw new CheckpointException($"The checkpoint has no tensor '{name}'.");

    public bool TryGet(string name, [NotNullWhen(true)] out TensorView? tensor) => Tensors.TryGetValue(name, out tensor);

    /// <param name="path">A model's folder, or a *.gguf file.</param>
    /// <exception cref="CheckpointException">There are no weights, or they are damaged.</exception>
    public static Checkpoint Open(string path)
    {
        var gguf = GgufFile.Is(path);
        var index = gguf ? null : ShardIndex.Read(path);
        var files = new List<MappedFile>();
        try
        {
            foreach (var file in gguf ? [path] : index?.Files ?? Discover(path))
                files.Add(gguf ? GgufFile.Map(file) : MappedFile.Open(file, sizeof(ulong), "safetensors"));
            return new Checkpoint(files, Collect(files, gguf ? GgufFile.Tensors : SafetensorsFile.Read, index));
        }
        catch
        {
            files.ForEach(f => f.Dispose());
            throw;
        }
    }

    internal IReadOnlyList<MappedFile> Files => _files;

    /// <summary>Of all files together.</summary>
    internal long Bytes => _files.Sum(f => f.Length);

    /// <summary>Each weights file in order of its name.</summary>
    public IReadOnlyList<(string File, long Bytes)> Sizes => [.. _files.Select(f => (f.Name, f.Length))];

    /// <summary>SHA-256 (lower-case hex) of each weights file, by file name; reads every byte, so keep the result.</summary>
    public IReadOnlyList<(string File, string Sha256)> Digests() => [.. _files.Select(f => (f.Name, f.Sha256()))];

    /// <summary>The same, as far as they aren't known already.</summary>
    internal IReadOnlyList<string> Digests(WeightCache? cache, Action<long>? progress = null) => [.. _files.Select(f => cache?.Digest(f, progress) ?? f.Sha256(progress))];

    public void Dispose() => _files.ForEach(f => f.Dispose());

    private static string[] Discover(string folder)
    {
        var single = Path.Combine(folder, "model.safetensors");
        if (File.Exists(single))
            return [single];
        var files = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.safetensors") : [];
        if (files.Length == 0)
            throw new CheckpointException($"{folder} holds no *.safetensors file.");
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }

    private static FrozenDictionary<string, TensorView> Collect(List<MappedFile> files, Func<MappedFile, IReadOnlyList<TensorView>> read, ShardIndex? index)
    {
        var tensors = new Dictionary<string, TensorView>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            foreach (var tensor in read(file))
            {
                if (!tensors.TryAdd(tensor.Name, tensor))
                    throw new CheckpointException($"{file.Name}: tensor '{tensor.Name}' is also in another file.");
                if (index is not null && index.FileOf.TryGetValue(tensor.Name, out var stated) && stated != file.Name)
                    throw new CheckpointException($"{file.Name}: the index places tensor '{tensor.Name}' in {stated}.");
            }
        }
        var missing = index?.FileOf.Keys.FirstOrDefault(name => !tensors.ContainsKey(name));
        if (missing is not null)
            throw new CheckpointException($"{index!.FileOf[missing]} lacks tensor '{missing}' that the index names.");
        return tensors.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
