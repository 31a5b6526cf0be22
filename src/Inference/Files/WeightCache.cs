using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ProofMesh.Inference;

/// <summary>A folder that keeps what is costly to compute of large models: their digests, and their weights packed for the processor.</summary>
/// <remarks>A digest is known by its file's path, size and time of change; packed weights by the digests of their sources. All of it can be deleted.</remarks>
internal sealed class WeightCache(string folder)
{
    // Smaller models are read and packed sooner than a person notices.
    private const long LeastBytes = 64 << 20;
    // Part of each name: a new layout finds no old file.
    private const string Layout = "1";

    /// <summary>Of the user: XDG_CACHE_HOME, or .cache at home; empty where there is no home.</summary>
    public static string UserFolder { get; } = OfUser();

    /// <summary>SHA-256, lower-case hex.</summary>
    /// <param name="progress">Told the bytes of each piece, where it has to be computed.</param>
    public string Digest(MappedFile file, Action<long>? progress = null)
    {
        if (Known(file) is { } known)
            return known;
        var digest = file.Sha256(progress);
        Keep(file, digest);
        return digest;
    }

    /// <summary>The digest as it was computed before, or null.</summary>
    public string? Known(MappedFile file) =>
        file.Length >= LeastBytes && PathOf(file) is var path && File.Exists(path) && File.ReadAllText(path) is { Length: 64 } known && known.All(char.IsAsciiHexDigitLower)
            ? known
            : null;

    /// <summary>Notes a digest that somebody computed.</summary>
    public void Keep(MappedFile file, string digest)
    {
        if (file.Length >= LeastBytes)
            Write(PathOf(file), digest);
    }

    /// <summary>Where a model's packed weights belong; null for a small model.</summary>
    public string? Packed(IEnumerable<string> digests, string scheme, long bytes) =>
        bytes < LeastBytes ? null : Path.Combine(folder, $"{PackedName(digests)}-{scheme}.packed");

    /// <summary>Deletes all that is kept of a model: it is gone, or will be computed anew.</summary>
    /// <returns>The bytes that are free again.</returns>
    public long Forget(Checkpoint checkpoint)
    {
        if (!Directory.Exists(folder) || checkpoint.Files.Select(Known).ToList() is var digests && digests.Contains(null))
            return 0;
        var kept = Directory.GetFiles(folder, $"{PackedName(digests!)}-*.packed").Concat(checkpoint.Files.Select(PathOf)).Where(File.Exists).Select(path => new FileInfo(path)).ToList();
        var bytes = kept.Sum(file => file.Length);
        kept.ForEach(file => file.Delete());
        return bytes;
    }

    private static string PackedName(IEnumerable<string> digests) => Hash(string.Join('\n', digests.Append(Layout)));

    private string PathOf(MappedFile file) =>
        Path.Combine(folder, Hash($"{file.FullPath}\n{file.Length}\n{file.Changed.Ticks.ToString(CultureInfo.InvariantCulture)}") + ".sha256");

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 20));

    private static void Write(string path, string text)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var temporary = $"{path}.{Guid.NewGuid():n}";
            File.WriteAllText(temporary, text);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // It is computed anew next time.
        }
    }

    private static string OfUser()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } stated ? stated : home.Length > 0 ? Path.Combine(home, ".cache") : "";
        return cache.Length > 0 ? Path.Combine(cache, "proofmesh") : "";
    }
}
