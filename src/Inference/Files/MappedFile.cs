using System.IO.MemoryMappedFiles;
using System.Security.Cryptography;

namespace ProofMesh.Inference;

/// <summary>A file of weights in memory, read-only: pages come from disk as they are touched.</summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly string _path;
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private byte* _start;

    private MappedFile(string path, long length)
    {
        (_path, Length) = (path, length);
        _map = MemoryMappedFile.CreateFromFile(path, FileMode.Open, mapName: null, 0, MemoryMappedFileAccess.Read);
        _view = _map.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        _start += _view.PointerOffset;
    }

    public string Name => Path.GetFileName(_path);

    public string FullPath => Path.GetFullPath(_path);

    public long Length { get; }

    /// <param name="atLeast">Bytes without which it can't be what it should be.</param>
    public static MappedFile Open(string path, int atLeast, string kind)
    {
        var length = new FileInfo(path).Length;
        return length >= atLeast
            ? new MappedFile(path, length)
            : throw new CheckpointException($"{Path.GetFileName(path)}: {length} bytes are too few for a {kind} file.");
    }

    public byte* At(long offset)
    {
        ObjectDisposedException.ThrowIf(_start is null, this);
        return _start + offset;
    }

    public ReadOnlySpan<byte> Slice(long offset, int length) =>
        offset >= 0 && length <= Length - offset ? new(At(offset), length) : throw new ArgumentOutOfRangeException(nameof(offset));

    /// <summary>SHA-256 of the whole file, read as a stream.</summary>
    public string Sha256()
    {
        using var stream = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.SequentialScan);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    public void Dispose()
    {
        if (_start is null)
            return;
        _start = null;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map.Dispose();
    }
}
