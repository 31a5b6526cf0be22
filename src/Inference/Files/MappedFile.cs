using System.IO.MemoryMappedFiles;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace ProofMesh.Inference;

/// <summary>A file of weights in memory, read-only: pages come from disk as they are touched. Nobody can open it for himself alone meanwhile.</summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private const int Piece = 1 << 20;

    private readonly string _path;
    private readonly SafeFileHandle _handle;
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private byte* _start;

    private MappedFile(string path, SafeFileHandle handle)
    {
        (_path, _handle, Length) = (path, handle, RandomAccess.GetLength(handle));
        _map = MemoryMappedFile.CreateFromFile(handle, mapName: null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        _view = _map.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        _start += _view.PointerOffset;
    }

    public string Name => Path.GetFileName(_path);

    public string FullPath => Path.GetFullPath(_path);

    public long Length { get; }

    public DateTime Changed => File.GetLastWriteTimeUtc(_handle);

    /// <param name="atLeast">Bytes without which it can't be what it should be.</param>
    public static MappedFile Open(string path, int atLeast, string kind)
    {
        // By its handle: what stands in the folder may be a link.
        var handle = File.OpenHandle(path);
        try
        {
            return RandomAccess.GetLength(handle) is var length && length >= atLeast
                ? new MappedFile(path, handle)
                : throw new CheckpointException($"{Path.GetFileName(path)}: {length} bytes are too few for a {kind} file.");
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    public byte* At(long offset)
    {
        ObjectDisposedException.ThrowIf(_start is null, this);
        return _start + offset;
    }

    public ReadOnlySpan<byte> Slice(long offset, int length) =>
        offset >= 0 && length <= Length - offset ? new(At(offset), length) : throw new ArgumentOutOfRangeException(nameof(offset));

    /// <summary>SHA-256 of the whole file, read piece by piece.</summary>
    /// <param name="progress">Told the bytes of each piece.</param>
    public string Sha256(Action<long>? progress = null)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var piece = new byte[Piece];
        var at = 0L;
        for (int read; (read = RandomAccess.Read(_handle, piece, at)) > 0; at += read)
        {
            hash.AppendData(piece.AsSpan(0, read));
            progress?.Invoke(read);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public void Dispose()
    {
        if (_start is null)
            return;
        _start = null;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map.Dispose();
        _handle.Dispose();
    }
}
