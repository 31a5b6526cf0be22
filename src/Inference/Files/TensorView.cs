namespace ProofMesh.Inference;

/// <summary>A tensor inside a memory-mapped file: row-major, little-endian, valid until its checkpoint is disposed.</summary>
public sealed unsafe class TensorView
{
    private readonly SafetensorsFile _file;
    private readonly long _offset;

    internal TensorView(SafetensorsFile file, TensorEntry entry, long offset)
    {
        _file = file;
        _offset = offset;
        Name = entry.Name;
        Type = entry.Type;
        Shape = entry.Shape;
        ByteCount = entry.End - entry.Begin;
    }

    public string Name { get; }

    public TensorType Type { get; }

    /// <summary>Outermost dimension first; empty for a scalar.</summary>
    public IReadOnlyList<long> Shape { get; }

    public long ByteCount { get; }

    public long ElementCount => ByteCount / Type.Size();

    /// <summary>Address of the first element, for native code.</summary>
    public nint Address => (nint)_file.At(_offset);

    /// <summary>The raw bytes; a tensor above 2 GiB is read through <see cref="Address"/> or <see cref="ReadFloat32"/>.</summary>
    public ReadOnlySpan<byte> Bytes => new(_file.At(_offset), checked((int)ByteCount));

    /// <summary>Converts elements [start, start + target.Length) to float32.</summary>
    public void ReadFloat32(Span<float> target, long start = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        if (target.Length > ElementCount - start)
            throw new ArgumentException($"{Name} has {ElementCount} elements; {start}+{target.Length} were asked for.", nameof(target));
        var source = new ReadOnlySpan<byte>(_file.At(_offset + start * Type.Size()), target.Length * Type.Size());
        FloatConversion.ToFloat32(Type, source, target);
        GC.KeepAlive(_file);
    }

    public float[] ToFloat32()
    {
        var values = new float[checked((int)ElementCount)];
        ReadFloat32(values);
        return values;
    }
}
