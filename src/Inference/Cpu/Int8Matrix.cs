using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

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
                low = Int8Dot.Add(low, Vector256.Load(weights + quad * 64), a);
                high = Int8Dot.Add(high, Vector256.Load(weights + quad * 64 + 32), a);
            }
            sum = AddBlock(sum, low, high, Widen(weightScales + block * Lanes.Count), scales[block]);
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
        var weights = Weights(group);
        var weightScales = Scales(group);
        nint blocks = _blocks, one = blocks * BlockBytes, two = 2 * one, three = 3 * one, next = blocks * Lanes.Count;
        Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default;
        for (nint block = 0; block < blocks; block++)
        {
            var start = Int8Dot.Start(corrections[block]);
            Vector256<int> l0 = start, h0 = start, l1 = start, h1 = start, l2 = start, h2 = start, l3 = start, h3 = start;
            for (var end = bytes + Block; bytes < end; bytes += 4, weights += 64)
            {
                var a = Int8Dot.Broadcast(bytes);
                l0 = Int8Dot.Add(l0, Vector256.Load(weights), a);
                h0 = Int8Dot.Add(h0, Vector256.Load(weights + 32), a);
                l1 = Int8Dot.Add(l1, Vector256.Load(weights + one), a);
                h1 = Int8Dot.Add(h1, Vector256.Load(weights + one + 32), a);
                l2 = Int8Dot.Add(l2, Vector256.Load(weights + two), a);
                h2 = Int8Dot.Add(h2, Vector256.Load(weights + two + 32), a);
                l3 = Int8Dot.Add(l3, Vector256.Load(weights + three), a);
                h3 = Int8Dot.Add(h3, Vector256.Load(weights + three + 32), a);
            }
            var scale = scales[block];
            s0 = AddBlock(s0, l0, h0, Widen(weightScales), scale);
            s1 = AddBlock(s1, l1, h1, Widen(weightScales + next), scale);
            s2 = AddBlock(s2, l2, h2, Widen(weightScales + 2 * next), scale);
            s3 = AddBlock(s3, l3, h3, Widen(weightScales + 3 * next), scale);
            weightScales += Lanes.Count;
        }
        Finish(s0, group, y, add);
        Finish(s1, group + 1, y, add);
        Finish(s2, group + 2, y, add);
        Finish(s3, group + 3, y, add);
    }

    // One pointer and three distances serve four tokens: with a pointer each, they would not stay in registers.
    private void OneByFour(Activations x, int token, int group, float* y, int stride, bool add)
    {
        var bytes = x.Bytes(token);
        var scales = x.Scales(token);
        var corrections = x.Corrections(token);
        nint one = x.Stride, two = 2 * one, three = 3 * one, blocks = _blocks;
        var weights = Weights(group);
        var weightScales = Scales(group);
        Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default;
        for (var block = blocks; block > 0; block--)
        {
            Vector256<int> l0 = Int8Dot.Start(corrections[0]), l1 = Int8Dot.Start(corrections[blocks]);
            Vector256<int> l2 = Int8Dot.Start(corrections[2 * blocks]), l3 = Int8Dot.Start(corrections[3 * blocks]);
            Vector256<int> h0 = l0, h1 = l1, h2 = l2, h3 = l3;
            for (var end = bytes + Block; bytes < end; bytes += 4, weights += 64)
            {
                Vector256<byte> low = Vector256.Load(weights), high = Vector256.Load(weights + 32);
                var a = Int8Dot.Broadcast(bytes);
                l0 = Int8Dot.Add(l0, low, a);
                h0 = Int8Dot.Add(h0, high, a);
                a = Int8Dot.Broadcast(bytes + one);
                l1 = Int8Dot.Add(l1, low, a);
                h1 = Int8Dot.Add(h1, high, a);
                a = Int8Dot.Broadcast(bytes + two);
                l2 = Int8Dot.Add(l2, low, a);
                h2 = Int8Dot.Add(h2, high, a);
                a = Int8Dot.Broadcast(bytes + three);
                l3 = Int8Dot.Add(l3, low, a);
                h3 = Int8Dot.Add(h3, high, a);
            }
            var wide = Widen(weightScales);
            s0 = AddBlock(s0, l0, h0, wide, scales[0]);
            s1 = AddBlock(s1, l1, h1, wide, scales[blocks]);
            s2 = AddBlock(s2, l2, h2, wide, scales[2 * blocks]);
            s3 = AddBlock(s3, l3, h3, wide, scales[3 * blocks]);
            weightScales += Lanes.Count;
            scales++;
            corrections++;
        }
        Finish(s0, group, y, add);
        Finish(s1, group, y + stride, add);
        Finish(s2, group, y + 2 * (long)stride, add);
        Finish(s3, group, y + 3 * (long)stride, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> AddBlock(Vector512<float> sum, Vector256<int> low, Vector256<int> high, Vector512<float> weightScales, float scale) =>
        Lanes.MultiplyAdd(Vector512.ConvertToSingle(Vector512.Create(low, high)), weightScales * Vector512.Create(scale), sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Widen(ushort* scales)
    {
        if (Avx512F.IsSupported)
            return (Avx512F.ConvertToVector512UInt32(Vector256.Load(scales)) << 16).AsSingle();
        var stored = Vector256.Load(scales);
        return (Vector512.Create(Vector256.WidenLower(stored), Vector256.WidenUpper(stored)) << 16).AsSingle();
    }
}
