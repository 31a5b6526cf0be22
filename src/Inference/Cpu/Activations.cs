using System.Runtime.Intrinsics;

namespace ProofMesh.Inference;

/// <summary>What a matrix reads its input as.</summary>
internal enum InputFormat
{
    Float32,
    BFloat16,

    /// <summary>Blocks of 32 bytes with a scale.</summary>
    Bytes,
}

/// <summary>The input of a matrix: rows of floats and, where its matrices read something else, the same rows as that.</summary>
internal sealed unsafe class Activations(int tokens, int size, InputFormat format) : IDisposable
{
    public const int Block = 32;

    private readonly AlignedMemory<float> _values = new((long)tokens * Lanes.RoundUp(size, Block));
    private readonly AlignedMemory<ushort> _brains = new(format == InputFormat.BFloat16 ? (long)tokens * Lanes.RoundUp(size, Block) : 0);
    private readonly AlignedMemory<sbyte> _bytes = new(format == InputFormat.Bytes ? (long)tokens * Lanes.RoundUp(size, Block) : 0);
    private readonly AlignedMemory<float> _scales = new(format == InputFormat.Bytes ? (long)tokens * Lanes.RoundUp(size, Block) / Block : 0);
    private readonly AlignedMemory<int> _sums = new(format == InputFormat.Bytes ? (long)tokens * Lanes.RoundUp(size, Block) / Block : 0);

    /// <summary>Numbers from row to row; the tail of a row is zero.</summary>
    public int Stride { get; } = Lanes.RoundUp(size, Block);

    public int Blocks { get; } = Lanes.RoundUp(size, Block) / Block;

    public float* Row(int token) => _values.Pointer + (long)token * Stride;

    public ushort* Brains(int token) => _brains.Pointer + (long)token * Stride;

    public sbyte* Bytes(int token) => _bytes.Pointer + (long)token * Stride;

    /// <summary>Value = byte · scale.</summary>
    public float* Scales(int token) => _scales.Pointer + (long)token * Blocks;

    /// <summary>−128 · the sum of a block's bytes: what the offset of unsigned weights adds, negated.</summary>
    public int* Corrections(int token) => _sums.Pointer + (long)token * Blocks;

    /// <summary>Converts blocks [first, end) of a row from its floats, where there is something to convert to.</summary>
    public void Convert(int token, int first, int end)
    {
        if (format == InputFormat.Bytes)
            Quantise(token, first, end);
        else if (format == InputFormat.BFloat16)
            Round(token, first, end);
    }

    public void Dispose()
    {
        _values.Dispose();
        _brains.Dispose();
        _bytes.Dispose();
        _scales.Dispose();
        _sums.Dispose();
    }

    private void Round(int token, int first, int end)
    {
        for (var at = first * Block; at < end * Block; at += Lanes.Count)
            BFloat16.Round(Row(token) + at, Brains(token) + at);
    }

    private void Quantise(int token, int first, int end)
    {
        for (var block = first; block < end; block++)
        {
            var x = Row(token) + block * Block;
            var (low, high) = (Lanes.Load(x), Lanes.Load(x + Lanes.Count));
            var largest = Lanes.Max(Vector512.Max(Vector512.Abs(low), Vector512.Abs(high)));
            var scale = largest / 127f;
            var inverse = Vector512.Create(largest > 0 ? 127f / largest : 0f);
            Scales(token)[block] = scale;
            var a = Vector512.ConvertToInt32(Vector512.Round(low * inverse));
            var b = Vector512.ConvertToInt32(Vector512.Round(high * inverse));
            Corrections(token)[block] = -128 * (Vector512.Sum(a) + Vector512.Sum(b));
            var shorts = Vector512.Narrow(a, b);
            Vector256.Narrow(shorts.GetLower(), shorts.GetUpper()).Store(Bytes(token) + block * Block);
        }
    }
}
