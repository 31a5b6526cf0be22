using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ProofMesh.Inference;

/// <summary>Int8 weights with a 16-bit scale per 32 columns of a row: [group][block][8 quads][16 rows][4 columns].</summary>
/// <remarks>
/// weight = (byte − 128) · scale, the scale being a bfloat16 rounded up, so that no weight exceeds ±127. Products are
/// summed exactly in 32-bit integers within a block; blocks are added in order in float32. Bytes are unsigned for the
/// sake of vpdpbusd: the 128 is taken off in the value that each sum starts from.
/// </remarks>
internal sealed unsafe class Int8Matrix : PackedMatrix
{
    private const int Block = Activations.Block;
    private const int BlockBytes = Block * Lanes.Count;

    private readonly AlignedMemory<byte> _weights;
    private readonly AlignedMemory<ushort> _scales;
    private readonly int _blocks;

    public Int8Matrix(params MatrixPart[] parts) : base(parts)
    {
        _blocks = Lanes.RoundUp(Columns, Block) / Block;
        _weights = new AlignedMemory<byte>((long)Groups * _blocks * BlockBytes);
        _scales = new AlignedMemory<ushort>((long)Groups * _blocks * Lanes.Count);
        NativeMemory.Fill(_weights.Pointer, (nuint)_weights.Bytes, 128);
        Pack(parts, (group, rows) =>
        {
            for (var row = 0; row < Lanes.Count; row++)
            {
                for (var block = 0; block < _blocks; block++)
                    PackBlock(rows.AsSpan(row * Columns, Columns)[(block * Block)..], group, block, row);
            }
        });
    }

    public override void Multiply(Activations x, int tokens, int firstGroup, int groups, float* y, int stride, bool add)
    {
        var end = firstGroup + groups;
        if (tokens == 1)
        {
            var group = firstGroup;
            for (; group + 4 <= end; group += 4)
                FourByOne(x, 0, group, y, add);
            for (; group < end; group++)
                OneByOne(x, 0, group, y, add);
            return;
        }
        for (var group = firstGroup; group < end; group++)
        {
            var token = 0;
            for (; token + 4 <= tokens; token += 4)
                OneByFour(x, token, group, y + (long)token * stride, stride, add);
            for (; token < tokens; token++)
                OneByOne(x, token, group, y + (long)token * stride, add);
        }
    }

    protected override void Dispose(bool disposing)
    {
        _weights.Dispose();
        _scales.Dispose();
    }

    private byte* Weights(int group) => _weights.Pointer + (long)group * _blocks * BlockBytes;

    private ushort* Scales(int group) => _scales.Pointer + (long)group * _blocks * Lanes.Count;

    private void PackBlock(ReadOnlySpan<float> row, int group, int block, int lane)
    {
        row = row[..Math.Min(Block, row.Length)];
        var largest = 0f;
        foreach (var value in row)
            largest = Math.Max(largest, Math.Abs(value));
        var bits = BitConverter.SingleToUInt32Bits(largest / 127f);
        var stored = (ushort)((bits + 0xffff) >> 16);
        var scale = BitConverter.UInt32BitsToSingle((uint)stored << 16);
        Scales(group)[block * Lanes.Count + lane] = stored;
        var target = Weights(group) + (long)block * BlockBytes + lane * 4;
        for (var k = 0; k < row.Length; k++)
        {
            var level = scale > 0 ? Math.Clamp(MathF.Round(row[k] / scale), -127f, 127f) : 0f;
            target[k / 4 * 64 + k % 4] = (byte)(128 + (int)level);
        }
    }

    private void Finish(Vector512<float> sum, int group, float* y, bool add)
    {
        var at = group * Lanes.Count;
        sum += Lanes.Load(Bias + at);
        if (add)
            sum += Lanes.Load(y + at);
        sum.Store(y + at);
    }

    private void OneByOne(Activations x, int token, int group, float* y, bool add)
    {
        var bytes = x.Bytes(token);
        var scales = x.Scales(token);
        var corrections = x.Corrections(token);
        var weights = Weights(group);
        var weightScales = Scales(group);
        var sum = Vector512<float>.Zero;
        for (var block = 0; block < _blocks; block++)
        {
            Vector256<int> low = Int8Dot.Start(corrections[block]), high = low;
            for (var quad = 0; quad < Block / 4; quad++)
            {
                var a = Int8Dot.Broadcast(bytes + block * Block + quad * 4);
                low = Int8Dot.Add(low, weights + quad * 64, a);
                high = Int8Dot.Add(high, weights + quad * 64 + 32, a);
            }
            sum = AddBlock(sum, low, high, weightScales + block * Lanes.Count, scales[block]);
            weights += BlockBytes;
        }
        Finish(sum, group, y, add);
    }

    // Four groups at once hide the latency of the dot product.
    private void FourByOne(Activations x, int token, int group, float* y, bool add)
    {
        var bytes = x.Bytes(token);
        var scales = x.Scales(token);
        var corrections = x.Corrections(token);
        byte* w0 = Weights(group), w1 = Weights(group + 1), w2 = Weights(group + 2), w3 = Weights(group + 3);
        ushort* c0 = Scales(group), c1 = Scales(group + 1), c2 = Scales(group + 2), c3 = Scales(group + 3);
        Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default;
        var blocks = _blocks;
        for (var block = 0; block < blocks; block++)
        {
            var start = Int8Dot.Start(corrections[block]);
            Vector256<int> l0 = start, h0 = start, l1 = start, h1 = start, l2 = start, h2 = start, l3 = start, h3 = start;
            for (var at = 0; at < BlockBytes; at += 64, bytes += 4)
            {
                var a = Int8Dot.Broadcast(bytes);
                l0 = Int8Dot.Add(l0, w0 + at, a);
                h0 = Int8Dot.Add(h0, w0 + at + 32, a);
                l1 = Int8Dot.Add(l1, w1 + at, a);
                h1 = Int8Dot.Add(h1, w1 + at + 32, a);
                l2 = Int8Dot.Add(l2, w2 + at, a);
                h2 = Int8Dot.Add(h2, w2 + at + 32, a);
                l3 = Int8Dot.Add(l3, w3 + at, a);
                h3 = Int8Dot.Add(h3, w3 + at + 32, a);
            }
            var scale = scales[block];
            s0 = AddBlock(s0, l0, h0, c0, scale);
            s1 = AddBlock(s1, l1, h1, c1, scale);
            s2 = AddBlock(s2, l2, h2, c2, scale);
            s3 = AddBlock(s3, l3, h3, c3, scale);
            w0 += BlockBytes;
            w1 += BlockBytes;
            w2 += BlockBytes;
            w3 += BlockBytes;
            c0 += Lanes.Count;
            c1 += Lanes.Count;
            c2 += Lanes.Count;
            c3 += Lanes.Count;
        }
        Finish(s0, group, y, add);
        Finish(s1, group + 1, y, add);
        Finish(s2, group + 2, y, add);
        Finish(s3, group + 3, y, add);
    }

    private void OneByFour(Activations x, int token, int group, float* y, int stride, bool add)
    {
        sbyte* a0 = x.Bytes(token), a1 = x.Bytes(token + 1), a2 = x.Bytes(token + 2), a3 = x.Bytes(token + 3);
        float* f0 = x.Scales(token), f1 = x.Scales(token + 1), f2 = x.Scales(token + 2), f3 = x.Scales(token + 3);
        int* n0 = x.Corrections(token), n1 = x.Corrections(token + 1), n2 = x.Corrections(token + 2), n3 = x.Corrections(token + 3);
        var weights = Weights(group);
        var weightScales = Scales(group);
        Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default;
        var blocks = _blocks;
        for (var block = 0; block < blocks; block++)
        {
            Vector256<int> l0 = Int8Dot.Start(n0[block]), l1 = Int8Dot.Start(n1[block]), l2 = Int8Dot.Start(n2[block]), l3 = Int8Dot.Start(n3[block]);
            Vector256<int> h0 = l0, h1 = l1, h2 = l2, h3 = l3;
            for (var quad = 0; quad < Block; quad += 4, weights += 64)
            {
                var at = block * Block + quad;
                var a = Int8Dot.Broadcast(a0 + at);
                l0 = Int8Dot.Add(l0, weights, a);
                h0 = Int8Dot.Add(h0, weights + 32, a);
                a = Int8Dot.Broadcast(a1 + at);
                l1 = Int8Dot.Add(l1, weights, a);
                h1 = Int8Dot.Add(h1, weights + 32, a);
                a = Int8Dot.Broadcast(a2 + at);
                l2 = Int8Dot.Add(l2, weights, a);
                h2 = Int8Dot.Add(h2, weights + 32, a);
                a = Int8Dot.Broadcast(a3 + at);
                l3 = Int8Dot.Add(l3, weights, a);
                h3 = Int8Dot.Add(h3, weights + 32, a);
            }
            var scales = weightScales + block * Lanes.Count;
            s0 = AddBlock(s0, l0, h0, scales, f0[block]);
            s1 = AddBlock(s1, l1, h1, scales, f1[block]);
            s2 = AddBlock(s2, l2, h2, scales, f2[block]);
            s3 = AddBlock(s3, l3, h3, scales, f3[block]);
        }
        Finish(s0, group, y, add);
        Finish(s1, group, y + stride, add);
        Finish(s2, group, y + 2 * (long)stride, add);
        Finish(s3, group, y + 3 * (long)stride, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> AddBlock(Vector512<float> sum, Vector256<int> low, Vector256<int> high, ushort* weightScales, float scale)
    {
        var stored = Vector256.Load(weightScales);
        var scales = (Vector512.Create(Vector256.WidenLower(stored), Vector256.WidenUpper(stored)) << 16).AsSingle() * Vector512.Create(scale);
        return Lanes.MultiplyAdd(Vector512.ConvertToSingle(Vector512.Create(low, high)), scales, sum);
    }
}
