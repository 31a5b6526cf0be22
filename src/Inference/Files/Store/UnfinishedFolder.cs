namespace ProofMesh.Inference;

/// <summary>A folder that becomes a model when it is whole. One whose program was killed is swept away by the next.</summary>
internal sealed class UnfinishedFolder : IDisposable
{
    private const string Prefix = ".unfinished-", LockSuffix = ".lock";

    private readonly FileStream _lock;

    public UnfinishedFolder(string parent)
    {
        Directory.CreateDirectory(parent);
        Sweep(parent);
        Path = NameIn(parent);
        // Before the folder, so that it is never without.
        _lock = new FileStream(Path + LockSuffix, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        Directory.CreateDirectory(Path);
    }

    public string Path { get; }

    public static string NameIn(string parent) => System.IO.Path.Combine(parent, $"{Prefix}{Guid.NewGuid():n}");

    /// <summary>Deletes what is still there of it.</summary>
    public void Dispose()
    {
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
        _lock.Dispose();
        File.Delete(Path + LockSuffix);
    }

    private static void Sweep(string parent)
    {
        foreach (var folder in Directory.GetDirectories(parent, Prefix + "*"))
        {
            try
            {
                using (new FileStream(folder + LockSuffix, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
                    Directory.Delete(folder, recursive: true);
                File.Delete(folder + LockSuffix);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                // Somebody is at work in it.
            }
        }
    }
}
