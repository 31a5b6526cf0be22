using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ProofMesh.Inference;

/// <summary>Whole numbers with a half-precision scale per 32 columns of a row: all blocks, [group][block], then all scales, [group][block][16 rows].</summary>
/// <remarks>
/// Products are summed exactly in 32-bit integers within a block; blocks are added in order in float32. So the native
/// kernels, and every width of processor here, give the same bits.
/// </remarks>
internal sealed unsafe class BlockMatrix<TFormat>(params MatrixPart[] parts) : PackedMatrix(parts)
    where TFormat : struct, IBlockFormat
{
    private const int Block = Activations.Block;
    private const int Pairs = Block / 8;

    private int Blocks => BlocksOf(Columns);

    public override long Bytes => BytesOf(Groups, Columns);

    public static long BytesOf(int groups, int columns) => (long)groups * BlocksOf(columns) * (TFormat.BlockBytes + Lanes.Count * sizeof(ushort));

    public override void Multiply(Activations x, int tokens, int firstGroup, int groups, float* y, int stride, bool add)
    {
        if (!NativeKernels.Bytes)
        {
            MultiplyHere(x, tokens, firstGroup, groups, y, stride, add);
            return;
        }
        var product = new NativeProduct
        {
            Weights = Memory,
            Scales = Scales(0),
            Bias = Bias,
            X = x.Bytes(0),
            XScales = x.Scales(0),
            XSums = x.Corrections(0),
            XStride = x.Stride,
            Y = y,
            YStride = stride,
            Blocks = Blocks,
            Tokens = tokens,
            FirstGroup = firstGroup,
            EndGroup = firstGroup + groups,
            Add = add ? 1 : 0,
        };
        if (TFormat.Bits == 8)
            NativeKernels.MultiplyEightBits(&product);
        else
            NativeKernels.MultiplyFourBits(&product);
    }

    /// <summary>The same without native code.</summary>
    internal void MultiplyHere(Activations x, int tokens, int firstGroup, int groups, float* y, int stride, bool add)
    {
        for (var group = firstGroup; group < firstGroup + groups; group++)
        {
            var token = 0;
            for (; token + 4 <= tokens; token += 4)
                OneByFour(x, token, group, y + (long)token * stride, stride, add);
            for (; token < tokens; token++)
                OneByOne(x, token, group, y + (long)token * stride, add);
        }
    }

    protected override void PackGroup(int group, float[] rows)
    {
        for (var row = 0; row < Lanes.Count; row++)
        {
            for (var block = 0; block < Blocks; block++)
            {
                var values = rows.AsSpan(row * Columns, Columns)[(block * Block)..];
                PackBlock(values[..Math.Min(Block, values.Length)], Weights(group) + (long)block * TFormat.BlockBytes, ref Scales(group)[block * Lanes.Count + row], row);
            }
        }
    }

    private static int BlocksOf(int columns) => (columns + Block - 1) / Block;

    private static void PackBlock(ReadOnlySpan<float> values, byte* block, ref ushort scale, int row)
    {
        var step = BlockScale.Choose(values, TFormat.Bits);
        scale = BitConverter.HalfToUInt16Bits(step);
        for (var k = 0; k < Block; k++)
            TFormat.Store(block, row, k, k < values.Length ? BlockScale.Level(values[k], (float)step, TFormat.Bits) : 0);
    }

    private byte* Weights(int group) => Memory + (long)group * Blocks * TFormat.BlockBytes;

    private ushort* Scales(int group) => (ushort*)(Memory + (long)Groups * Blocks * TFormat.BlockBytes) + (long)group * Blocks * Lanes.Count;

    private void OneByOne(Activations x, int token, int group, float* y, bool add)
    {
        var bytes = x.Bytes(token);
        var (scales, corrections) = ((nint)x.Scales(token), (nint)x.Corrections(token));
        var weights = Weights(group);
        var weightScales = Scales(group);
        var sum = Vector512<float>.Zero;
        for (var block = 0; block < Blocks; block++)
        {
            Vector256<int> low = Vector256.Create(TFormat.Start(((int*)corrections)[block])), high = low;
            for (var pair = 0; pair < Pairs; pair++, bytes += 8)
            {
                TFormat.Load(weights, pair, out var first, out var second);
                AddFour(ref low, ref high, first, bytes);
                AddFour(ref low, ref high, second, bytes + 4);
            }
            sum = AddBlock(sum, low, high, Widen(weightScales + block * Lanes.Count), ((float*)scales)[block]);
            weights += TFormat.BlockBytes;
        }
        Finish(sum, group, y, add);
    }

    // One pointer and three distances serve four tokens: with a pointer each, they would not stay in registers.
    private void OneByFour(Activations x, int token, int group, float* y, int stride, bool add)
    {
        var bytes = x.Bytes(token);
        var scales = x.Scales(token);
        var corrections = x.Corrections(token);
        nint one = x.Stride, two = 2 * one, three = 3 * one, blocks = Blocks;
        var weights = Weights(group);
        var weightScales = Scales(group);
        Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default;
        for (var block = blocks; block > 0; block--)
        {
            Vector256<int> l0 = Vector256.Create(TFormat.Start(corrections[0])), l1 = Vector256.Create(TFormat.Start(corrections[blocks]));
            Vector256<int> l2 = Vector256.Create(TFormat.Start(corrections[2 * blocks])), l3 = Vector256.Create(TFormat.Start(corrections[3 * blocks]));
            Vector256<int> h0 = l0, h1 = l1, h2 = l2, h3 = l3;
            for (var pair = 0; pair < Pairs; pair++, bytes += 8)
            {
                TFormat.Load(weights, pair, out var first, out var second);
                AddFour(ref l0, ref h0, first, bytes);
                AddFour(ref l1, ref h1, first, bytes + one);
                AddFour(ref l2, ref h2, first, bytes + two);
                AddFour(ref l3, ref h3, first, bytes + three);
                AddFour(ref l0, ref h0, second, bytes + 4);
                AddFour(ref l1, ref h1, second, bytes + one + 4);
                AddFour(ref l2, ref h2, second, bytes + two + 4);
                AddFour(ref l3, ref h3, second, bytes + three + 4);
            }
            var wide = Widen(weightScales);
            s0 = AddBlock(s0, l0, h0, wide, scales[0]);
            s1 = AddBlock(s1, l1, h1, wide, scales[blocks]);
            s2 = AddBlock(s2, l2, h2, wide, scales[2 * blocks]);
            s3 = AddBlock(s3, l3, h3, wide, scales[3 * blocks]);
            weights += TFormat.BlockBytes;
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
    private static void AddFour(ref Vector256<int> low, ref Vector256<int> high, in RowPair rows, sbyte* four)
    {
        var a = Vector256.Create(*(int*)four).AsSByte();
        low = TFormat.Add(low, rows.Low, a);
        high = TFormat.Add(high, rows.High, a);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> AddBlock(Vector512<float> sum, Vector256<int> low, Vector256<int> high, Vector512<float> weightScales, float scale) =>
        Lanes.MultiplyAdd(Vector512.ConvertToSingle(Vector512.Create(low, high)), weightScales * Vector512.Create(scale), sum);

    // Shifted into place, a half reads as a float 2¹¹² too small; one exact product mends that.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Widen(ushort* scales)
    {
        var halves = Vector256.Load((short*)scales);
        var wide = Avx512F.IsSupported
            ? Avx512F.ConvertToVector512Int32(halves)
            : Vector512.Create(Vector256.WidenLower(halves), Vector256.WidenUpper(halves));
        var small = (wide << 13) & Vector512.Create(unchecked((int)0x8fffe000));
        return small.AsSingle() * Vector512.Create(BitConverter.UInt32BitsToSingle((127u + 112u) << 23));
    }
}
