using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ProofMesh.Inference;

/// <summary>Brain floats: [group][pair of columns][16 rows][2 columns]. Inputs are rounded to bfloat16 too.</summary>
/// <remarks>
/// Of each pair the second column is added first: that is the order of vdpbf16ps, whose products are exact and whose two
/// additions round once each. So native code and C# give the same bits wherever multiply and add are fused.
/// </remarks>
internal sealed unsafe class BFloat16Matrix(params MatrixPart[] parts) : PackedMatrix(parts)
{
    // Padded as the inputs are.
    private readonly int _pairs = PairsOf((int)parts[0].Weights.Shape[1]);

    public override long Bytes => BytesOf(Groups, Columns);

    public static long BytesOf(int groups, int columns) => (long)groups * PairsOf(columns) * 2 * Lanes.Count * sizeof(ushort);

    public override void Multiply(Activations x, int tokens, int firstGroup, int groups, float* y, int stride, bool add)
    {
        if (!NativeKernels.BFloat16)
        {
            MultiplyHere(x, tokens, firstGroup, groups, y, stride, add);
            return;
        }
        var product = new NativeProduct
        {
            Weights = Memory,
            Bias = Bias,
            X = x.Brains(0),
            XStride = x.Stride * sizeof(ushort),
            Y = y,
            YStride = stride,
            Blocks = x.Blocks,
            Tokens = tokens,
            FirstGroup = firstGroup,
            EndGroup = firstGroup + groups,
            Add = add ? 1 : 0,
        };
        NativeKernels.MultiplyBFloat16(&product);
    }

    /// <summary>The same without native code.</summary>
    internal void MultiplyHere(Activations x, int tokens, int firstGroup, int groups, float* y, int stride, bool add)
    {
        for (var group = firstGroup; group < firstGroup + groups; group++)
        {
            var token = 0;
            for (; token + 4 <= tokens; token += 4)
                OneByFour(x.Brains(token), x.Stride, group, y + (long)token * stride, stride, add);
            for (; token < tokens; token++)
                OneByOne(x.Brains(token), group, y + (long)token * stride, add);
        }
    }

    protected override void PackGroup(int group, float[] rows)
    {
        var target = Weights(group);
        for (var row = 0; row < Lanes.Count; row++)
        {
            for (var k = 0; k < 2 * _pairs; k++)
                target[(k / 2 * Lanes.Count + row) * 2 + k % 2] = k < Columns ? BFloat16.Round(rows[row * Columns + k]) : (ushort)0;
        }
    }

    private static int PairsOf(int columns) => Lanes.RoundUp(columns, Activations.Block) / 2;

    private ushort* Weights(int group) => (ushort*)Memory + (long)group * _pairs * 2 * Lanes.Count;

    private void OneByOne(ushort* x, int group, float* y, bool add)
    {
        var weights = (uint*)Weights(group);
        var sum = Vector512<float>.Zero;
        for (var pair = 0; pair < _pairs; pair++, weights += Lanes.Count)
            sum = AddPair(sum, Vector512.Load(weights), ((uint*)x)[pair]);
        Finish(sum, group, y, add);
    }

    private void OneByFour(ushort* x, int xStride, int group, float* y, int stride, bool add)
    {
        var weights = (uint*)Weights(group);
        uint* x0 = (uint*)x, x1 = x0 + xStride / 2, x2 = x1 + xStride / 2, x3 = x2 + xStride / 2;
        Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default;
        for (var pair = 0; pair < _pairs; pair++, weights += Lanes.Count)
        {
            var w = Vector512.Load(weights);
            s0 = AddPair(s0, w, x0[pair]);
            s1 = AddPair(s1, w, x1[pair]);
            s2 = AddPair(s2, w, x2[pair]);
            s3 = AddPair(s3, w, x3[pair]);
        }
        Finish(s0, group, y, add);
        Finish(s1, group, y + stride, add);
        Finish(s2, group, y + 2 * (long)stride, add);
        Finish(s3, group, y + 3 * (long)stride, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> AddPair(Vector512<float> sum, Vector512<uint> weights, uint two)
    {
        var upper = Vector512.Create(0xffff0000u);
        sum = Lanes.MultiplyAdd((weights & upper).AsSingle(), Vector512.Create(two & 0xffff0000u).AsSingle(), sum);
        return Lanes.MultiplyAdd((weights << 16).AsSingle(), Vector512.Create(two << 16).AsSingle(), sum);
    }
}

/// <summary>The upper half of a float32.</summary>
internal static class BFloat16
{
    /// <summary>To the nearest, ties to even; numbers too small for a normal float become 0, as vdpbf16ps takes them.</summary>
    public static ushort Round(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        if ((bits & 0x7f800000) == 0)
            return 0;
        return (bits & 0x7fffffff) > 0x7f800000 ? (ushort)(bits >> 16 | 0x40) : (ushort)(bits + 0x7fff + (bits >> 16 & 1) >> 16);
    }

    /// <summary>As the other, 16 numbers at a time; they must not be NaN.</summary>
    public static unsafe void Round(float* source, ushort* target)
    {
        var bits = Lanes.Load(source).AsUInt32();
        var rounded = bits + Vector512.Create(0x7fffu) + (bits >> 16 & Vector512<uint>.One) >> 16;
        rounded = Vector512.AndNot(rounded, Vector512.Equals(bits & Vector512.Create(0x7f800000u), Vector512<uint>.Zero));
        Vector256.Narrow(rounded.GetLower(), rounded.GetUpper()).Store(target);
    }
}
