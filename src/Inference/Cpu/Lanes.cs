using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ProofMesh.Inference;

/// <summary>Arithmetic on 16 floats at a time. Sums run in one fixed order, so every width of hardware gives the same bits.</summary>
internal static unsafe class Lanes
{
    public const int Count = 16;

    public static int RoundUp(int size, int multiple = Count) => (size + multiple - 1) / multiple * multiple;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(float* source) => Vector512.Load(source);

    /// <summary>a·b + c, rounded once where the processor can.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MultiplyAdd(Vector512<float> a, Vector512<float> b, Vector512<float> c) =>
        Vector512.MultiplyAddEstimate(a, b, c);

    public static float Sum(Vector512<float> v)
    {
        var eight = v.GetLower() + v.GetUpper();
        var four = eight.GetLower() + eight.GetUpper();
        return (four[0] + four[2]) + (four[1] + four[3]);
    }

    public static float Max(Vector512<float> v)
    {
        var eight = Vector256.Max(v.GetLower(), v.GetUpper());
        var four = Vector128.Max(eight.GetLower(), eight.GetUpper());
        return Math.Max(Math.Max(four[0], four[1]), Math.Max(four[2], four[3]));
    }

    /// <summary>eˣ within 2 units in the last place; 0 below −87, the value at 88 above it.</summary>
    /// <remarks>x = n·ln 2 + r with |r| ≤ ln 2 / 2, then a polynomial of degree 6 for eʳ (Cephes' coefficients).</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x)
    {
        var vanishes = Vector512.LessThan(x, Vector512.Create(-87f));
        x = Vector512.Max(Vector512.Min(x, Vector512.Create(88f)), Vector512.Create(-87f));
        // Adding and subtracting 1.5·2²³ rounds to the nearest integer.
        var shifted = MultiplyAdd(x, Vector512.Create(1.44269504f), Vector512.Create(12582912f));
        var n = shifted - Vector512.Create(12582912f);
        var r = MultiplyAdd(n, Vector512.Create(-0.693359375f), x);
        r = MultiplyAdd(n, Vector512.Create(2.12194440e-4f), r);
        var p = Vector512.Create(1.9875691500e-4f);
        p = MultiplyAdd(p, r, Vector512.Create(1.3981999507e-3f));
        p = MultiplyAdd(p, r, Vector512.Create(8.3334519073e-3f));
        p = MultiplyAdd(p, r, Vector512.Create(4.1665795894e-2f));
        p = MultiplyAdd(p, r, Vector512.Create(1.6666665459e-1f));
        p = MultiplyAdd(p, r, Vector512.Create(5.0000001201e-1f));
        p = MultiplyAdd(p, r * r, r) + Vector512<float>.One;
        var exponent = (shifted.AsInt32() - Vector512.Create(12582912f).AsInt32() + Vector512.Create(127)) << 23;
        return Vector512.AndNot(p * exponent.AsSingle(), vanishes);
    }

    /// <summary>x → x · scale · weight with scale = 1/√(mean of squares + epsilon). Rows are padded with zeros.</summary>
    public static void RmsNorm(float* x, float* weight, float* result, int size, int padded, float epsilon)
    {
        var squares = Vector512<float>.Zero;
        for (var i = 0; i < padded; i += Count)
            squares = MultiplyAdd(Load(x + i), Load(x + i), squares);
        var scale = Vector512.Create(1f / MathF.Sqrt(Sum(squares) / size + epsilon));
        for (var i = 0; i < padded; i += Count)
            (Load(x + i) * scale * Load(weight + i)).Store(result + i);
    }

    /// <summary>result = gate · σ(gate) · up.</summary>
    public static void SwiGlu(float* gate, float* up, float* result, int count)
    {
        for (var i = 0; i < count; i += Count)
        {
            var g = Load(gate + i);
            (g / (Vector512<float>.One + Exp(-g)) * Load(up + i)).Store(result + i);
        }
    }
}
