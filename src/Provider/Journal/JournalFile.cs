using System.Buffers.Binary;
using ProofMesh.Protocol;

namespace ProofMesh.Provider;

/// <summary>
/// The node's truth about what it signed: an append-only file in which each entry is on the disk before its writer goes on.
/// </summary>
/// <remarks>
/// An entry is length(4) ‖ kind(1) ‖ payload ‖ check(4), the check being the start of keccak(kind ‖ payload). A crash can leave only
/// the last entry torn: that one was never acted on and is cut off. Damage before the end is for a person to look at.
/// </remarks>
sealed class JournalFile : IDisposable
{
    const string Broken = "The journal failed before; restart the node so that its end is checked.";
    const int Overhead = 9, MostPayload = 1 << 24;
    static ReadOnlySpan<byte> Magic => "PMJRNL01"u8;

    readonly FileStream file;
    readonly Lock writing = new();
    bool broken;

    JournalFile(FileStream file) => this.file = file;

    /// <summary>Opens or begins a journal and hands its entries over in order.</summary>
    /// <exception cref="InvalidDataException">The file isn't a journal, or is damaged before its end.</exception>
    /// <exception cref="IOException">Another process has it open: two nodes with one key would sign one sequence twice.</exception>
    public static JournalFile Open(string path, Action<JournalEntry> replay)
    {
        var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1 << 16);
        try
        {
            if (stream.Length < Magic.Length) Begin(stream);
            else Replay(stream, path, replay);
            return new JournalFile(stream);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Begins a journal with these entries, all on the disk when it returns.</summary>
    public static JournalFile Create(string path, IEnumerable<JournalEntry> entries)
    {
        var stream = new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16);
        try
        {
            stream.Write(Magic);
            foreach (var entry in entries) stream.Write(Encode(entry.Kind, entry.Payload));
            stream.Flush(flushToDisk: true);
            return new JournalFile(stream);
        }
        catch
        {
            stream.Dispose();
            File.Delete(path);
            throw;
        }
    }

    public long Length { get { lock (writing) return file.Length; } }

    /// <summary>Returns when the entry is on the disk.</summary>
    /// <exception cref="IOException">It can't be written; the journal takes no more entries until it is opened anew.</exception>
    public void Append(JournalKind kind, ReadOnlySpan<byte> payload)
    {
        var entry = Encode(kind, payload);
        lock (writing)
        {
            if (broken) throw new IOException(Broken);
            broken = true;
            file.Write(entry);
            file.Flush(flushToDisk: true);
            broken = false;
        }
    }

    /// <exception cref="IOException">The disk refuses, or refused before.</exception>
    public void Probe()
    {
        lock (writing)
        {
            if (broken) throw new IOException(Broken);
            file.Flush(flushToDisk: true);
        }
    }

    /// <summary>Takes no more entries.</summary>
    public void Break() { lock (writing) broken = true; }

    public void Dispose() => file.Dispose();

    static byte[] Encode(JournalKind kind, ReadOnlySpan<byte> payload)
    {
        var entry = new byte[payload.Length + Overhead];
        BinaryPrimitives.WriteInt32BigEndian(entry, payload.Length);
        entry[4] = (byte)kind;
        payload.CopyTo(entry.AsSpan(5));
        Check(entry.AsSpan(4, payload.Length + 1), entry.AsSpan(payload.Length + 5));
        return entry;
    }

    static void Begin(FileStream file)
    {
        file.SetLength(0);
        file.Write(Magic);
        file.Flush(flushToDisk: true);
    }

    static void Replay(FileStream file, string path, Action<JournalEntry> replay)
    {
        Span<byte> magic = stackalloc byte[8];
        file.ReadExactly(magic);
        if (!magic.SequenceEqual(Magic)) throw new InvalidDataException($"{path} isn't a node's journal.");
        while (file.Position < file.Length)
        {
            var start = file.Position;
            if (Read(file) is { } entry) replay(entry);
            else if (TornAt(file, start)) Cut(file, start);
            else throw new InvalidDataException($"{path} is damaged at byte {start}, before its end. Restore it from a copy: a node that forgets what it signed can be slashed.");
        }
    }

    static JournalEntry? Read(FileStream file)
    {
        Span<byte> head = stackalloc byte[5], check = stackalloc byte[4];
        if (file.Length - file.Position < Overhead) return null;
        file.ReadExactly(head);
        var length = BinaryPrimitives.ReadInt32BigEndian(head);
        if (length is < 0 or > MostPayload || file.Length - file.Position < length + 4) return null;
        var body = new byte[length + 1];
        body[0] = head[4];
        file.ReadExactly(body.AsSpan(1));
        file.ReadExactly(check);
        Span<byte> expected = stackalloc byte[4];
        Check(body, expected);
        return check.SequenceEqual(expected) ? new JournalEntry((JournalKind)body[0], body[1..]) : null;
    }

    // A torn entry reaches the end of the file, as far as its length can be read at all.
    static bool TornAt(FileStream file, long start)
    {
        if (file.Length - start < Overhead) return true;
        Span<byte> head = stackalloc byte[4];
        file.Position = start;
        file.ReadExactly(head);
        var length = (uint)BinaryPrimitives.ReadInt32BigEndian(head);
        return (length <= MostPayload && start + length + Overhead >= file.Length) || OnlyZeros(file, start);
    }

    // A file system may grow a file before it writes the bytes.
    static bool OnlyZeros(FileStream file, long start)
    {
        file.Position = start;
        for (var next = file.ReadByte(); next >= 0; next = file.ReadByte())
            if (next != 0) return false;
        return true;
    }

    static void Cut(FileStream file, long end)
    {
        file.SetLength(end);
        file.Position = end;
        file.Flush(flushToDisk: true);
    }

    static void Check(ReadOnlySpan<byte> body, Span<byte> target)
    {
        Span<byte> hash = stackalloc byte[32];
        Keccak256.Hash(body, hash);
        hash[..4].CopyTo(target);
    }
}
