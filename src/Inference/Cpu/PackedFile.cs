using System.Runtime.Intrinsics;

namespace ProofMesh.Inference;

/// <summary>Packed weights on disk: a page with a checksum, then the weights.</summary>
/// <remarks>
/// It is read into memory rather than mapped: only private memory comes in large pages, and from those a token is read a
/// quarter faster. A file is written beside its place and renamed once it is on disk, so a file under its name is whole;
/// the checksum finds what a disk or a person changed since. It can always be had again from the source.
/// </remarks>
internal static unsafe class PackedFile
{
    private const int HeadBytes = 4096;
    private const int Piece = 1 << 22;

    private static ReadOnlySpan<byte> Magic => "proofmesh packed 2"u8;

    /// <returns>False when there is no such file, or it is damaged or of another size; the memory then holds anything.</returns>
    public static bool TryRead(string path, byte* memory, long bytes)
    {
        try
        {
            if (!File.Exists(path) || new FileInfo(path).Length != HeadBytes + bytes)
                return false;
            using var file = File.OpenHandle(path);
            var head = new byte[HeadBytes];
            RandomAccess.Read(file, head, 0);
            Parallel.For(0, Pieces(bytes), i => ReadWhole(file, memory, i * (long)Piece, bytes));
            return head.AsSpan(0, Magic.Length + sizeof(ulong)).SequenceEqual(HeadOf(memory, bytes));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <returns>False when it can't be kept: no space, no permission. Nothing but time is lost.</returns>
    public static bool TryWrite(string path, byte* memory, long bytes)
    {
        var temporary = $"{path}.{Guid.NewGuid():n}";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            using (var file = new FileStream(temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0, PreallocationSize = HeadBytes + bytes }))
            {
                var head = new byte[HeadBytes];
                HeadOf(memory, bytes).CopyTo(head, 0);
                file.Write(head);
                for (var at = 0L; at < bytes; at += Piece)
                    file.Write(new ReadOnlySpan<byte>(memory + at, (int)Math.Min(Piece, bytes - at)));
                file.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
            return true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(temporary))
                File.Delete(temporary);
            return false;
        }
    }

    private static void ReadWhole(Microsoft.Win32.SafeHandles.SafeFileHandle file, byte* memory, long start, long bytes)
    {
        var end = Math.Min(bytes, start + Piece);
        while (start < end)
        {
            var read = RandomAccess.Read(file, new Span<byte>(memory + start, (int)(end - start)), HeadBytes + start);
            if (read == 0)
                throw new EndOfStreamException();
            start += read;
        }
    }

    private static byte[] HeadOf(byte* memory, long bytes) => [.. Magic, .. BitConverter.GetBytes(Checksum(memory, bytes))];

    private static int Pieces(long bytes) => (int)((bytes + Piece - 1) / Piece);

    // Eight chains of multiply and add read at the memory's pace; it guards against accidents, not against people.
    private static ulong Checksum(byte* memory, long bytes)
    {
        var sums = new ulong[Pieces(bytes)];
        Parallel.For(0, sums.Length, i =>
        {
            byte* first = memory + i * (long)Piece, end = memory + Math.Min(bytes, (i + 1L) * Piece);
            var chains = Vector512.Create((ulong)i + 1);
            for (var at = first; at < end; at += Vector512<byte>.Count)
                chains = (chains ^ Vector512.Load(at).AsUInt64()) * 0x9E3779B97F4A7C15;
            for (var lane = 0; lane < Vector512<ulong>.Count; lane++)
                sums[i] = ulong.RotateLeft(sums[i], 7) + chains[lane];
        });
        return sums.Aggregate(0UL, (all, sum) => (all ^ sum) * 0x9E3779B97F4A7C15);
    }
}
