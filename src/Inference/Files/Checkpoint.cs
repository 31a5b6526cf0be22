using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace ProofMesh.Inference;

/// <summary>The weights of a Hugging Face model folder, memory-mapped: one safetensors file, or several under an index.</summary>
public sealed class Checkpoint : IDisposable
{
    private readonly List<SafetensorsFile> _files;

    private Checkpoint(List<SafetensorsFile> files, FrozenDictionary<string, TensorView> tensors)
    {
        _files = files;
        Tensors = tensors;
    }

    /// <summary>Every tensor by its published name; views live as long as this checkpoint.</summary>
    public IReadOnlyDictionary<string, TensorView> Tensors { get; }

    public TensorView this[string name] =>
        TryGet(name, out var tensor) ? tensor : throw new CheckpointException($"The checkpoint has no tensor '{name}'.");

    public bool TryGet(string name, [NotNullWhen(true)] out TensorView? tensor) => Tensors.TryGetValue(name, out tensor);

    /// <exception cref="CheckpointException">The folder has no weights, or they are damaged.</exception>
    public static Checkpoint Open(string folder)
    {
        var index = ShardIndex.Read(folder);
        var files = new List<SafetensorsFile>();
        try
        {
            foreach (var path in index?.Files ?? Discover(folder))
                files.Add(SafetensorsFile.Open(path));
            return new Checkpoint(files, Collect(files, index));
        }
        catch
        {
            files.ForEach(f => f.Dispose());
            throw;
        }
    }

    /// <summary>SHA-256 (lower-case hex) of each weights file, by file name; reads every byte, so keep the result.</summary>
    public IReadOnlyList<(string File, string Sha256)> Digests() => [.. _files.Select(f => (f.Name, f.Sha256()))];

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

    private static FrozenDictionary<string, TensorView> Collect(List<SafetensorsFile> files, ShardIndex? index)
    {
        var tensors = new Dictionary<string, TensorView>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            foreach (var tensor in file.Tensors)
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
