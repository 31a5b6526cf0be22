namespace ProofMesh.Inference;

/// <summary>A folder of models, each in a folder of its name. Several programs may use it at once.</summary>
public sealed class ModelStore(string folder, string? cacheFolder = null)
{
    private const int LongestName = 100;

    /// <summary>Of the user: .proofmesh/models at home; empty where there is no home.</summary>
    public static string UserFolder { get; } = OfUser();

    public string Folder => folder;

    /// <summary>Keeps digests and packed weights.</summary>
    public string CacheFolder { get; } = cacheFolder ?? WeightCache.UserFolder;

    /// <summary>In order.</summary>
    public IReadOnlyList<string> Names => Directory.Exists(folder)
        ? [.. Directory.GetDirectories(folder).Select(path => Path.GetFileName(path)).Where(IsName).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>Where a model of this name lies, or would.</summary>
    /// <exception cref="ModelStoreException">It isn't a name.</exception>
    public string PathOf(string name) => IsName(name)
        ? Path.Combine(folder, name)
        : throw new ModelStoreException($"'{name}' is no name for a model: it begins with a letter or digit and has up to {LongestName} letters, digits, dots, dashes and underscores.");

    public bool Has(string name) => IsName(name) && Directory.Exists(PathOf(name));

    /// <exception cref="ModelStoreException">There is none of this name.</exception>
    public string Find(string name) => Directory.Exists(PathOf(name))
        ? PathOf(name)
        : throw new ModelStoreException($"There is no model '{name}' in {folder}.");

    /// <summary>Copies a model into the store: whole, checked and byte for byte, or not at all.</summary>
    /// <param name="source">A folder as Hugging Face publishes it, or a GGUF file.</param>
    /// <param name="name">Null: as the source is called.</param>
    /// <param name="progress">Told the share that was copied and read again, 0 to 1.</param>
    /// <returns>The name that it has now.</returns>
    /// <exception cref="ModelStoreException">The name is taken or none, there is no space, or the copy differs.</exception>
    /// <exception cref="CheckpointException">The source is no model, or a damaged one; as <see cref="ModelFiles.Open"/> says.</exception>
    public string Import(string source, string? name = null, Action<double>? progress = null, CancellationToken stop = default) =>
        new ModelImport(this, progress, stop).Run(source, name);

    /// <summary>Deletes a model, and what is kept of it elsewhere.</summary>
    /// <returns>The bytes that are free again.</returns>
    /// <exception cref="ModelStoreException">There is none of this name, or a program has it open.</exception>
    public long Remove(string name)
    {
        var path = Find(name);
        var bytes = Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);
        if (Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).FirstOrDefault(IsOpen) is { } open)
            throw new ModelStoreException($"The model '{name}' is in use: a program has {Path.GetFileName(open)} open. Stop the node that sells it first.");
        bytes += ForgetKept(path);
        // Gone at once for whoever looks, however long the deletion takes.
        var leaving = UnfinishedFolder.NameIn(folder);
        Directory.Move(path, leaving);
        Directory.Delete(leaving, recursive: true);
        return bytes;
    }

    internal static bool IsName(string name) =>
        name.Length is > 0 and <= LongestName && char.IsAsciiLetterOrDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');

    private long ForgetKept(string path)
    {
        try
        {
            using var files = ModelFiles.Open(path);
            return new WeightCache(CacheFolder).Forget(files.Checkpoint);
        }
        catch (Exception fault) when (ModelFiles.IsFault(fault))
        {
            // A damaged model was never packed as it is now.
            return 0;
        }
    }

    // Whoever runs a model keeps its weights open for reading, which nobody can do beside one who has them for himself.
    private static bool IsOpen(string file)
    {
        try
        {
            using var alone = File.OpenHandle(file, FileMode.Open, FileAccess.Read, FileShare.None);
            return false;
        }
        catch (IOException fault) when (fault is not (FileNotFoundException or DirectoryNotFoundException))
        {
            return true;
        }
    }

    private static string OfUser()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return home.Length > 0 ? Path.Combine(home, ".proofmesh", "models") : "";
    }
}
