using System.Runtime.Intrinsics;

namespace ProofMesh.Inference;

/// <summary>Float32 weights: [group][column][16 rows].</summary>
internal sealed unsafe class Float32Matrix(params MatrixPart[] parts) : PackedMatrix(parts)
{
    public override long Bytes => BytesOf(Groups, Columns);

    public static long BytesOf(int groups, int columns) => (long)groups * Lanes.Count * columns * sizeof(float);

    public override void Multiply(Activations x, int tokens, int firstGroup, int groups, float* y, int stride, bool add)
    {
        var end = firstGroup + groups;
        var group = firstGroup;
        for (; group + 4 <= end; group += 4)
        {
            var token = 0;
            for (; token + 4 <= tokens; token += 4)
                FourByFour(x.Row(token), x.Stride, group, y + (long)token * stride, stride, add);
            for (; token < tokens; token++)
                FourByOne(x.Row(token), group, y + (long)token * stride, add);
        }
        for (; group < end; group++)
        {
            for (var token = 0; token < tokens; token++)
                OneByOne(x.Row(token), group, y + (long)token * stride, add);
        }
    }

    protected override void PackGroup(int group, float[] rows)
    {
        var target = Weights(group);
        for (var row = 0; row < Lanes.Count; row++)
        {
            for (var k = 0; k < Columns; k++)
                target[k * Lanes.Count + row] = rows[row * Columns + k];
        }
    }

    private float* Weights(int group) => (float*)Memory + (long)group * Lanes.Count * Columns;

    private void OneByOne(float* x, int group, float* y, bool add)
    {
        var w = Weights(group);
        var sum = Vector512<float>.Zero;
        for (var k = 0; k < Columns; k++)
            sum = Lanes.MultiplyAdd(Lanes.Load(w + k * Lanes.Count), Vector512.Create(x[k]), sum);
        Finish(sum, group, y, add);
    }

    private void FourByOne(float* x, int group, float* y, bool add)
    {
        float* w0 = Weights(group), w1 = Weights(group + 1), w2 = Weights(group + 2), w3 = Weights(group + 3);
        Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default;
        var columns = Columns;
        for (var k = 0; k < columns; k++)
        {
            var a = Vector512.Create(x[k]);
            var at = k * Lanes.Count;
            s0 = Lanes.MultiplyAdd(Lanes.Load(w0 + at), a, s0);
            s1 = Lanes.MultiplyAdd(Lanes.Load(w1 + at), a, s1);
            s2 = Lanes.MultiplyAdd(Lanes.Load(w2 + at), a, s2);
            s3 = Lanes.MultiplyAdd(Lanes.Load(w3 + at), a, s3);
        }
        Finish(s0, group, y, add);
        Finish(s1, group + 1, y, add);
        Finish(s2, group + 2, y, add);
        Finish(s3, group + 3, y, add);
    }

    // Sixteen sums in registers: each weight is loaded once for four tokens, each input once for four groups.
    private void FourByFour(float* x, int xStride, int group, float* y, int yStride, bool add)
    {
        float* w0 = Weights(group), w1 = Weights(group + 1), w2 = Weights(group + 2), w3 = Weights(group + 3);
        float* x0 = x, x1 = x + xStride, x2 = x1 + xStride, x3 = x2 + xStride;
        Vector512<float> s00 = default, s01 = default, s02 = default, s03 = default;
        Vector512<float> s10 = default, s11 = default, s12 = default, s13 = default;
        Vector512<float> s20 = default, s21 = default, s22 = default, s23 = default;
        Vector512<float> s30 = default, s31 = default, s32 = default, s33 = default;
        var columns = Columns;
        for (var k = 0; k < columns; k++)
        {
            var at = k * Lanes.Count;
            Vector512<float> v0 = Lanes.Load(w0 + at), v1 = Lanes.Load(w1 + at), v2 = Lanes.Load(w2 + at), v3 = Lanes.Load(w3 + at);
            var a = Vector512.Create(x0[k]);
            s00 = Lanes.MultiplyAdd(v0, a, s00);
            s10 = Lanes.MultiplyAdd(v1, a, s10);
            s20 = Lanes.MultiplyAdd(v2, a, s20);
            s30 = Lanes.MultiplyAdd(v3, a, s30);
            a = Vector512.Create(x1[k]);
            s01 = Lanes.MultiplyAdd(v0, a, s01);
            s11 = Lanes.MultiplyAdd(v1, a, s11);
            s21 = Lanes.MultiplyAdd(v2, a, s21);
            s31 = Lanes.MultiplyAdd(v3, a, s31);
            a = Vector512.Create(x2[k]);
            s02 = Lanes.MultiplyAdd(v0, a, s02);
            s12 = Lanes.MultiplyAdd(v1, a, s12);
            s22 = Lanes.MultiplyAdd(v2, a, s22);
            s32 = Lanes.MultiplyAdd(v3, a, s32);
            a = Vector512.Create(x3[k]);
            s03 = Lanes.MultiplyAdd(v0, a, s03);
            s13 = Lanes.MultiplyAdd(v1, a, s13);
            s23 = Lanes.MultiplyAdd(v2, a, s23);
            s33 = Lanes.MultiplyAdd(v3, a, s33);
        }
        float* y1 = y + yStride, y2 = y1 + yStride, y3 = y2 + yStride;
        FinishFour(s00, s10, s20, s30, group, y, add);
        FinishFour(s01, s11, s21, s31, group, y1, add);
        FinishFour(s02, s12, s22, s32, group, y2, add);
        FinishFour(s03, s13, s23, s33, group, y3, add);
    }

    private void FinishFour(Vector512<float> s0, Vector512<float> s1, Vector512<float> s2, Vector512<float> s3, int group, float* y, bool add)
    {
        Finish(s0, group, y, add);
        Finish(s1, group + 1, y, add);
        Finish(s2, group + 2, y, add);
        Finish(s3, group + 3, y, add);
    }
}
