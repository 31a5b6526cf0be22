using System.Security.Cryptography;

namespace ProofMesh.Inference;

/// <summary>Copies a model into a store.</summary>
/// <remarks>1 open and check it · 2 its name is free · 3 there is room · 4 copy, hashing what is read · 5 hash what was written · 6 put it in its place</remarks>
internal sealed class ModelImport(ModelStore store, Action<double>? progress, CancellationToken stop)
{
    private const int Piece = 1 << 20;

    // What the engine reads, and under what terms it may.
    private static readonly string[] Kept =
        ["config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json", "chat_template.jinja", "model.safetensors.index.json", "README.md", "LICENSE*", "NOTICE*"];

    private readonly byte[] _piece = new byte[Piece];
    private long _total;
    private long _done;

    public string Run(string source, string? name)
    {
        using var files = ModelFiles.Open(source); // 1
        name ??= files.Name.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase) ? files.Name[..^".gguf".Length] : files.Name;
        CheckFree(name); // 2
        var parts = Parts(files);
        _total = 2 * parts.Sum(part => part.Bytes);
        using var folder = new UnfinishedFolder(store.Folder);
        CheckRoom(_total / 2); // 3
        var digests = parts.ConvertAll(part => Copy(part.From, Path.Combine(folder.Path, part.To), part.Bytes)); // 4
        for (var i = 0; i < parts.Count; i++)
            CheckCopy(Path.Combine(folder.Path, parts[i].To), digests[i]); // 5
        Settle(folder.Path, name); // 6
        KeepDigests(name, parts.Zip(digests).ToDictionary(pair => Path.GetFileName(pair.First.To), pair => pair.Second, StringComparer.Ordinal));
        return name;
    }

    private void CheckFree(string name)
    {
        if (Directory.Exists(store.PathOf(name)))
            throw new ModelStoreException($"There is a model '{name}' already: remove it, or give this one another name with --name.");
    }

    private static List<(string From, string To, long Bytes)> Parts(ModelFiles files)
    {
        var weights = files.Checkpoint.Files.Select(file => (file.FullPath, file.Name, file.Length)).ToList();
        if (!Directory.Exists(files.Path))
            return weights;
        var templates = Path.Combine(files.Path, "additional_chat_templates");
        var others = Kept.SelectMany(name => Directory.GetFiles(files.Path, name));
        if (Directory.Exists(templates))
            others = others.Concat(Directory.GetFiles(templates, "*.jinja"));
        return [.. weights, .. others.Select(path => (path, Path.GetRelativePath(files.Path, path), Length(path)))];
    }

    // By its handle: downloads of Hugging Face are folders of links.
    private static long Length(string path)
    {
        using var file = File.OpenHandle(path);
        return RandomAccess.GetLength(file);
    }

    private void CheckRoom(long bytes)
    {
        var free = new DriveInfo(Path.GetFullPath(store.Folder)).AvailableFreeSpace;
        if (bytes > free)
            throw new ModelStoreException($"There is no space for it: it has {bytes} bytes, the disk of {store.Folder} has {free} left.");
    }

    private string Copy(string from, string to, long bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        using var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        using var target = new FileStream(to, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0, PreallocationSize = bytes });
        var digest = Hash(source, target.Write);
        target.Flush(flushToDisk: true);
        return digest;
    }

    private void CheckCopy(string path, string digest)
    {
        using var copy = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        if (Hash(copy, static _ => { }) != digest)
            throw new ModelStoreException($"{Path.GetFileName(path)} isn't what was written: the disk of {store.Folder} can't be trusted.");
    }

    private string Hash(FileStream source, Action<ReadOnlySpan<byte>> each)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int read; (read = source.Read(_piece)) > 0;)
        {
            stop.ThrowIfCancellationRequested();
            hash.AppendData(_piece.AsSpan(0, read));
            each(_piece.AsSpan(0, read));
            progress?.Invoke((double)(_done += read) / Math.Max(1, _total));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private void Settle(string whole, string name)
    {
        foreach (var inner in Directory.GetDirectories(whole))
            FolderSync.Flush(inner);
        FolderSync.Flush(whole);
        // Somebody may have taken the name since.
        CheckFree(name);
        Directory.Move(whole, store.PathOf(name));
        FolderSync.Flush(store.Folder);
    }

    private void KeepDigests(string name, Dictionary<string, string> digests)
    {
        using var files = ModelFiles.Open(store.PathOf(name));
        if (store.CacheFolder.Length == 0)
            return;
        var cache = new WeightCache(store.CacheFolder);
        foreach (var file in files.Checkpoint.Files)
            cache.Keep(file, digests[file.Name]);
    }
}
