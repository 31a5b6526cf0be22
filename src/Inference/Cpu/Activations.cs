using System.Runtime.Intrinsics;

namespace ProofMesh.Inference;

/// <summary>The input of a matrix: rows of floats and, for int8 matrices, the same rows in blocks of 32 bytes with a scale.</summary>
internal sealed unsafe class Activations(int tokens, int size, bool quantised) : IDisposable
{
    public const int Block = 32;

    private readonly AlignedMemory<float> _values = new((long)tokens * Lanes.RoundUp(size, Block));
    private readonly AlignedMemory<sbyte> _bytes = new(quantised ? (long)tokens * Lanes.RoundUp(size, Block) : 0);
    private readonly AlignedMemory<float> _scales = new(quantised ? (long)tokens * Lanes.RoundUp(size, Block) / Block : 0);
    private readonly AlignedMemory<int> _sums = new(quantised ? (long)tokens * Lanes.RoundUp(size, Block) / Block : 0);

    /// <summary>Floats from row to row; the tail of a row is zero.</summary>
    public int Stride { get; } = Lanes.RoundUp(size, Block);

    public int Blocks { get; } = Lanes.RoundUp(size, Block) / Block;

    public float* Row(int token) => _values.Pointer + (long)token * Stride;

    public sbyte* Bytes(int token) => _bytes.Pointer + (long)token * Stride;

    /// <summary>Value = byte · scale.</summary>
    public float* Scales(int token) => _scales.Pointer + (long)token * Blocks;

    /// <summary>−128 · the sum of a block's bytes: what the offset of unsigned weights adds, negated.</summary>
    public int* Corrections(int token) => _sums.Pointer + (long)token * Blocks;

    /// <summary>Fills the bytes of blocks [first, end) of a row from its floats, where there are bytes.</summary>
    public void Quantise(int token, int first, int end)
    {
        if (!quantised)
            return;
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

    public void Dispose()
    {
        _values.Dispose();
        _bytes.Dispose();
        _scales.Dispose();
        _sums.Dispose();
    }
}
