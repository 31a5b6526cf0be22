using System.Globalization;

namespace ProofMesh.Provider;

/// <summary>The journal's files: the newest begins with all that the older ones said, so it is the only one that is read.</summary>
/// <remarks>
/// To compact: 1 write what is known into a file of another name and flush it · 2 give it the next number · 3 flush the folder ·
/// 4 append there from now on. A crash before 2 leaves a half file that nobody reads; after 2 the new file says what the old one
/// says, and nothing was added to either before 3. Older files are kept for auditors, then deleted.
/// </remarks>
sealed class JournalFolder : IDisposable
{
    const string First = "journal", Half = ".new";
    readonly string folder;
    readonly FileStream held;
    JournalFile file;
    int number;

    JournalFolder(string folder, FileStream held, JournalFile file, int number) =>
        (this.folder, this.held, this.file, this.number) = (folder, held, file, number);

    public long Length => file.Length;

    /// <exception cref="IOException">Another process has it open: two nodes with one key would sign one sequence twice.</exception>
    public static JournalFolder Open(string folder, Action<JournalEntry> replay)
    {
        Directory.CreateDirectory(folder);
        var hold = new FileStream(Path.Combine(folder, $"{First}.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        try
        {
            foreach (var half in Directory.GetFiles(folder, $"{First}.*{Half}")) File.Delete(half);
            var newest = Numbers(folder).Prepend(0).Max();
            var journal = JournalFile.Open(PathOf(folder, newest), replay);
            FolderSync.Flush(folder);
            return new JournalFolder(folder, hold, journal, newest);
        }
        catch
        {
            hold.Dispose();
            throw;
        }
    }

    /// <summary>Returns when the entry is on the disk.</summary>
    public void Append(JournalKind kind, ReadOnlySpan<byte> payload) => file.Append(kind, payload);

    public void Append(JournalEntry entry) => file.Append(entry.Kind, entry.Payload);

    /// <summary>Throws when what is appended next wouldn't reach the disk.</summary>
    /// <exception cref="IOException">It wouldn't.</exception>
    public void Probe() => file.Probe();

    /// <summary>Goes on in a new file that begins with these entries. Nothing may be appended meanwhile.</summary>
    /// <exception cref="IOException">The new file can't be written: the old one goes on, unless the failure came so late that either may be read next.</exception>
    public void Compact(IEnumerable<JournalEntry> known)
    {
        var path = PathOf(folder, number + 1);
        var next = JournalFile.Create(path + Half, known); // 1
        try
        {
            File.Move(path + Half, path, overwrite: false); // 2
        }
        catch
        {
            next.Dispose();
            File.Delete(path + Half);
            throw;
        }
        try
        {
            FolderSync.Flush(folder); // 3
        }
        catch
        {
            next.Dispose();
            file.Break();
            throw;
        }
        file.Dispose();
        (file, number) = (next, number + 1); // 4
    }

    /// <summary>Deletes older files that were last written before a time.</summary>
    public void Prune(DateTimeOffset before)
    {
        foreach (var old in Numbers(folder).Append(0).Where(old => old < number))
            if (File.GetLastWriteTimeUtc(PathOf(folder, old)) < before.UtcDateTime) File.Delete(PathOf(folder, old));
    }

    public void Dispose()
    {
        file.Dispose();
        held.Dispose();
    }

    static string PathOf(string folder, int number) => Path.Combine(folder, number == 0 ? First : string.Create(CultureInfo.InvariantCulture, $"{First}.{number:D6}"));

    static IEnumerable<int> Numbers(string folder) => Directory.GetFiles(folder, $"{First}.*")
        .Select(path => int.TryParse(Path.GetExtension(path).TrimStart('.'), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0)
        .Where(number => number > 0);
}
