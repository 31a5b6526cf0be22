using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ProofMesh.Inference;

/// <summary>Exact sums of four products of bytes per lane, by the best instruction there is: the result is the same.</summary>
internal static unsafe class Int8Dot
{
    /// <summary>The value that a sum starts from: only vpdpbusd multiplies the offset bytes as they are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Start(int correction) => AvxVnni.IsSupported ? Vector256.Create(correction) : Vector256<int>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<sbyte> Broadcast(sbyte* four) => Vector256.Create(*(int*)four).AsSByte();

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

    private static Vector256<int> Portable(Vector256<sbyte> w, Vector256<sbyte> a)
    {
        Vector256<int> x = w.AsInt32(), y = a.AsInt32();
        return (x << 24 >> 24) * (y << 24 >> 24) + (x << 16 >> 24) * (y << 16 >> 24)
            + (x << 8 >> 24) * (y << 8 >> 24) + (x >> 24) * (y >> 24);
    }
}
