using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Runtime.Intrinsics;

namespace ProofMesh.Inference;

/// <summary>Packed weights on disk, memory-mapped: a page with the checksum, then the weights.</summary>
/// <remarks>
/// A file is written beside its place and renamed once it is on disk, so a file under its name is whole; the checksum
/// finds what a disk or a person changed since. A file that doesn't fit is written anew: it can be had from the source.
/// </remarks>
internal sealed unsafe class PackedFile : IDisposable
{
    private const int HeadBytes = 4096;
    private static ReadOnlySpan<byte> Magic => "proofmesh packed 1"u8;

    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;

    private PackedFile(MemoryMappedFile map, long bytes, MemoryMappedFileAccess access)
    {
        _map = map;
        _view = map.CreateViewAccessor(0, HeadBytes + bytes, access);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        _start += _view.PointerOffset;
    }

    public byte* Memory => _start + HeadBytes;

    /// <returns>Null when there is no such file, or it is damaged or of another size.</returns>
    public static PackedFile? TryOpen(string path, long bytes)
    {
        if (!File.Exists(path) || new FileInfo(path).Length != HeadBytes + bytes)
            return null;
        var file = new PackedFile(MemoryMappedFile.CreateFromFile(path, FileMode.Open, mapName: null, 0, MemoryMappedFileAccess.Read), bytes, MemoryMappedFileAccess.Read);
        if (file.Head().SequenceEqual(HeadOf(file.Memory, bytes)))
            return file;
        file.Dispose();
        return null;
    }

    /// <param name="fill">Writes all bytes at the address that it is given.</param>
    public static PackedFile Create(string path, long bytes, FillMemory fill)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var temporary = $"{path}.{Guid.NewGuid():n}";
        try
        {
            // The space is taken beforehand: a full disk is an exception here and not a fault in the middle of a write.
            using (var stream = new FileStream(temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, PreallocationSize = HeadBytes + bytes }))
            {
                stream.SetLength(HeadBytes + bytes);
                using (var file = new PackedFile(MemoryMappedFile.CreateFromFile(stream, mapName: null, 0, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true), bytes, MemoryMappedFileAccess.ReadWrite))
                {
                    fill(file.Memory);
                    HeadOf(file.Memory, bytes).CopyTo(new Span<byte>(file._start, HeadBytes));
                    file._view.Flush();
                }
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
        return TryOpen(path, bytes) ?? throw new IOException($"{path} was just written and reads differently.");
    }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map.Dispose();
    }

    private ReadOnlySpan<byte> Head() => new(_start, Magic.Length + sizeof(long));

    private static byte[] HeadOf(byte* memory, long bytes)
    {
        var head = new byte[Magic.Length + sizeof(long)];
        Magic.CopyTo(head);
        BinaryPrimitives.WriteUInt64LittleEndian(head.AsSpan(Magic.Length), Checksum(memory, bytes));
        return head;
    }

    // Eight chains of multiply and add read at the memory's pace; it guards against accidents, not against people.
    private static ulong Checksum(byte* memory, long bytes)
    {
        const long piece = 1 << 22;
        var sums = new ulong[(bytes + piece - 1) / piece];
        Parallel.For(0, sums.Length, i =>
        {
            byte* first = memory + i * piece, end = memory + Math.Min(bytes, (i + 1) * piece);
            var chains = Vector512.Create((ulong)i + 1);
            for (var at = first; at < end; at += Vector512<byte>.Count)
                chains = (chains ^ Vector512.Load(at).AsUInt64()) * 0x9E3779B97F4A7C15;
            for (var lane = 0; lane < Vector512<ulong>.Count; lane++)
                sums[i] = ulong.RotateLeft(sums[i], 7) + chains[lane];
        });
        return sums.Aggregate(0UL, (all, sum) => (all ^ sum) * 0x9E3779B97F4A7C15);
    }
}

/// <summary>Writes what belongs at an address.</summary>
internal unsafe delegate void FillMemory(byte* memory);
