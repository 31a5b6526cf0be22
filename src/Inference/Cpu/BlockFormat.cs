using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ProofMesh.Inference;

/// <summary>How 16 rows by 32 columns of whole numbers lie in memory: vectors of 16 rows by 4 columns, in order of columns.</summary>
internal unsafe interface IBlockFormat
{
    /// <summary>Of 8 or 4 bits per weight: a level is stored with 2^(bits − 1) added, so that it is unsigned.</summary>
    static abstract int Bits { get; }

    static abstract int BlockBytes { get; }

    static abstract void Store(byte* block, int row, int column, int level);

    /// <summary>The value that a sum starts from, given −128 · the sum of the inputs.</summary>
    static abstract int Start(int correction);

    /// <summary>Columns [8·pair, 8·pair + 8) of the lower and upper eight rows.</summary>
    static abstract void Load(byte* block, int pair, out RowPair first, out RowPair second);

    /// <summary>sum + the sum of four products per lane, exactly; what was added to w may remain.</summary>
    static abstract Vector256<int> Add(Vector256<int> sum, Vector256<byte> w, Vector256<sbyte> a);
}

/// <summary>Sixteen rows by four columns.</summary>
internal readonly record struct RowPair(Vector256<byte> Low, Vector256<byte> High);

/// <summary>A byte per weight.</summary>
internal readonly unsafe struct EightBits : IBlockFormat
{
    public static int Bits => 8;

    public static int BlockBytes => 512;

    public static void Store(byte* block, int row, int column, int level) => block[column / 4 * 64 + row * 4 + column % 4] = (byte)(128 + level);

    // Only vpdpbusd multiplies the offset bytes as they are.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Start(int correction) => AvxVnni.IsSupported ? correction : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(byte* block, int pair, out RowPair first, out RowPair second)
    {
        first = new(Vector256.Load(block + pair * 128), Vector256.Load(block + pair * 128 + 32));
        second = new(Vector256.Load(block + pair * 128 + 64), Vector256.Load(block + pair * 128 + 96));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> sum, Vector256<byte> w, Vector256<sbyte> a)
    {
        if (AvxVnni.IsSupported)
            return AvxVnni.MultiplyWideningAndAdd(sum, w, a);
        var signed = (w ^ Vector256.Create((byte)128)).AsSByte();
        if (!Avx2.IsSupported)
            return sum + Portable(signed, a);
        // |w| ≤ 127 and |a| ≤ 127: a pair of products can't saturate 16 bits.
        var pairs = Avx2.MultiplyAddAdjacent(Avx2.Abs(signed), Avx2.Sign(a, signed));
        return sum + Avx2.MultiplyAddAdjacent(pairs, Vector256<short>.One);
    }

    public static Vector256<int> Portable(Vector256<sbyte> w, Vector256<sbyte> a)
    {
        Vector256<int> x = w.AsInt32(), y = a.AsInt32();
        return (x << 24 >> 24) * (y << 24 >> 24) + (x << 16 >> 24) * (y << 16 >> 24)
            + (x << 8 >> 24) * (y << 8 >> 24) + (x >> 24) * (y >> 24);
    }
}

/// <summary>Half a byte per weight: the lower halves hold the first four columns of a pair, the upper halves the next four.</summary>
internal readonly unsafe struct FourBits : IBlockFormat
{
    public static int Bits => 4;

    public static int BlockBytes => 256;

    public static void Store(byte* block, int row, int column, int level)
    {
        ref var both = ref block[column / 8 * 64 + row * 4 + column % 4];
        both = (byte)(column % 8 < 4 ? both & 0xf0 | level + 8 : both & 0x0f | level + 8 << 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Start(int correction) => correction >> 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(byte* block, int pair, out RowPair first, out RowPair second)
    {
        var mask = Vector256.Create((byte)15);
        Vector256<byte> low = Vector256.Load(block + pair * 64), high = Vector256.Load(block + pair * 64 + 32);
        first = new(low & mask, high & mask);
        second = new((low.AsUInt16() >> 4).AsByte() & mask, (high.AsUInt16() >> 4).AsByte() & mask);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> sum, Vector256<byte> w, Vector256<sbyte> a)
    {
        if (AvxVnni.IsSupported)
            return AvxVnni.MultiplyWideningAndAdd(sum, w, a);
        return Avx2.IsSupported
            ? sum + Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(w, a), Vector256<short>.One)
            : sum + EightBits.Portable(w.AsSByte(), a);
    }
}
