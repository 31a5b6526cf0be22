namespace ProofMesh.Settlement;

/// <summary>Writes published batches as files named by their root, for a web server or an archive to pick up.</summary>
sealed class Publisher(Published published, string folder)
{
    long last;

    public async Task<bool> TurnAsync(CancellationToken stop)
    {
        if (folder.Length == 0) return false;
        var roots = await published.RootsAsync(last, 100, stop);
        foreach (var (number, root) in roots)
        {
            var path = Path.Combine(folder, $"{root}.receipts.br");
            if (!File.Exists(path)) await WriteAsync(path, (await published.BatchAsync(root, stop))!, stop);
            last = number;
        }
        return roots.Count == 100;
    }

    // Whole or not at all: a reader never sees half a file, whenever we end.
    static async Task WriteAsync(string path, byte[] content, CancellationToken stop)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var half = path + ".part";
        await using (var file = new FileStream(half, FileMode.Create, FileAccess.Write))
        {
            await file.WriteAsync(content, stop);
            file.Flush(flushToDisk: true);
        }
        File.Move(half, path, overwrite: true);
    }
}
