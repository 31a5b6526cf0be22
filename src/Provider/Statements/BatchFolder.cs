using ProofMesh.Protocol;

namespace ProofMesh.Provider;

/// <summary>The receipts of each statement as a published batch, a file named by its root, for auditors to fetch as long as they are retained.</summary>
sealed class BatchFolder(string folder)
{
    const string Ending = ".receipts.br";

    /// <summary>Whole or not at all; one that is there already stays.</summary>
    public void Keep(ReceiptBatch batch)
    {
        Directory.CreateDirectory(folder);
        var path = PathOf(batch.Statement.Statement.Root);
        if (File.Exists(path)) return;
        var half = path + ".part";
        using (var file = new FileStream(half, FileMode.Create, FileAccess.Write))
        {
            file.Write(batch.Encode());
            file.Flush(flushToDisk: true);
        }
        File.Move(half, path, overwrite: true);
    }

    public string? Find(Bytes32 root) => File.Exists(PathOf(root)) ? Path.GetFullPath(PathOf(root)) : null;

    public void Prune(DateTimeOffset before)
    {
        if (!Directory.Exists(folder)) return;
        foreach (var file in Directory.GetFiles(folder, "*" + Ending))
            if (File.GetLastWriteTimeUtc(file) < before.UtcDateTime) File.Delete(file);
    }

    string PathOf(Bytes32 root) => Path.Combine(folder, root + Ending);
}
