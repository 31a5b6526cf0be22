namespace ProofMesh.Inference;

/// <summary>A tensor inside a memory-mapped file: row-major, little-endian, valid until its checkpoint is disposed.</summary>
public sealed unsafe class TensorView
{
    private readonly MappedFile _file;
    private readonly long _offset;

    internal TensorView(MappedFile file, TensorEntry entry, long offset)
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

    public long ElementCount => ByteCount / Type.Bytes() * Type.Elements();

    /// <summary>Rows of a head, where the file keeps the two halves of each head in turns (GGUF's llama); otherwise 0.</summary>
    internal int Interleaved { get; init; }

    /// <summary>Whether the bytes are plain numbers in order.</summary>
    internal bool Plain => Interleaved == 0 && Type.Elements() == 1;

    /// <summary>Address of the first element, for native code; of a plain tensor.</summary>
    public nint Address => Plain ? (nint)_file.At(_offset) : throw new NotSupportedException($"{Name} isn't kept as plain numbers.");

    /// <summary>The raw bytes; a tensor above 2 GiB is read through <see cref="Address"/> or <see cref="ReadFloat32"/>.</summary>
    public ReadOnlySpan<byte> Bytes => new(_file.At(_offset), checked((int)ByteCount));

    /// <summary>Converts elements [start, start + target.Length) to float32.</summary>
    /// <remarks>Of tensors that aren't plain whole rows are read.</remarks>
    public void ReadFloat32(Span<float> target, long start = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        if (target.Length > ElementCount - start)
            throw new ArgumentException($"{Name} has {ElementCount} elements; {start}+{target.Length} were asked for.", nameof(target));
        if (Plain)
            Read(target, start);
        else
            ReadRows(target, start);
    }

    public float[] ToFloat32()
    {
        var values = new float[checked((int)ElementCount)];
        ReadFloat32(values);
        return values;
    }

    private void ReadRows(Span<float> target, long start)
    {
        var size = checked((int)(Shape.Count == 1 ? (Interleaved > 0 ? 1 : Shape[0]) : Shape[^1]));
        if (start % size != 0 || target.Length % size != 0)
            throw new ArgumentException($"{Name} is read by rows of {size}; {start}+{target.Length} were asked for.", nameof(target));
        for (var at = 0; at < target.Length; at += size)
            Read(target.Slice(at, size), Place((start + at) / size) * size);
    }

    // Row i of a head's first half is kept at 2·i, row i of its second half at 2·i + 1.
    private long Place(long row)
    {
        if (Interleaved == 0)
            return row;
        var (head, inside) = (row / Interleaved * Interleaved, (int)(row % Interleaved));
        var half = Interleaved / 2;
        return head + inside % half * 2 + inside / half;
    }

    private void Read(Span<float> target, long start)
    {
        var (bytes, elements) = (Type.Bytes(), Type.Elements());
        var source = new ReadOnlySpan<byte>(_file.At(_offset + start / elements * bytes), target.Length / elements * bytes);
        FloatConversion.ToFloat32(Type, source, target);
        GC.KeepAlive(_file);
    }
}
