using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Security.Cryptography;

namespace ProofMesh.Inference;

/// <summary>One memory-mapped *.safetensors file: u64 header length, JSON header, data.</summary>
internal sealed unsafe class SafetensorsFile : IDisposable
{
    private readonly string _path;
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private byte* _start;

    private SafetensorsFile(string path, long length)
    {
        _path = path;
        _map = MemoryMappedFile.CreateFromFile(path, FileMode.Open, mapName: null, 0, MemoryMappedFileAccess.Read);
        _view = _map.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        _start += _view.PointerOffset;
    }

    public IReadOnlyList<TensorView> Tensors { get; private set; } = [];

    public string Name => Path.GetFileName(_path);

    public static SafetensorsFile Open(string path)
    {
        var length = new FileInfo(path).Length;
        if (length < 8)
            throw new CheckpointException($"{Path.GetFileName(path)}: {length} bytes are too few for a safetensors file.");
        var file = new SafetensorsFile(path, length);
        try
        {
            file.ReadHeader(length);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public byte* At(long offset)
    {
        ObjectDisposedException.ThrowIf(_start is null, this);
        return _start + offset;
    }

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

    private void ReadHeader(long length)
    {
        var headerBytes = BinaryPrimitives.ReadUInt64LittleEndian(new ReadOnlySpan<byte>(_start, 8));
        if (headerBytes > SafetensorsHeader.MaxBytes || (long)headerBytes > length - 8)
            throw new CheckpointException($"{Name}: a header of {headerBytes} bytes doesn't fit a file of {length} bytes (limit {SafetensorsHeader.MaxBytes}).");
        var dataStart = 8 + (long)headerBytes;
        var header = new ReadOnlySpan<byte>(_start + 8, (int)headerBytes);
        Tensors = [.. SafetensorsHeader.Parse(header, length - dataStart, Name).Select(e => new TensorView(this, e, dataStart + e.Begin))];
    }
}
