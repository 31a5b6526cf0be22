namespace ProofMesh.Inference.Tests;

public sealed unsafe class MatrixTests
{
    private static readonly (int Rows, int More, int Columns, int Tokens)[] Sizes =
    [
        (1, 1, 1, 1), (16, 16, 32, 1), (17, 5, 33, 2), (64, 64, 64, 4), (130, 3, 70, 5), (96, 48, 160, 9), (7, 90, 31, 17), (80, 16, 96, 29),
    ];

    /// <summary>Format, rows of two stacked parts, columns, tokens.</summary>
    public static TheoryData<WeightFormat, int, int, int, int> Shapes
    {
        get
        {
            var data = new TheoryData<WeightFormat, int, int, int, int>();
            foreach (var format in Enum.GetValues<WeightFormat>())
            {
                foreach (var (rows, more, columns, tokens) in Sizes)
                    data.Add(format, rows, more, columns, tokens);
            }
            return data;
        }
    }

    [Theory, MemberData(nameof(Shapes))]
    public void Products_are_those_of_the_rounded_numbers_in_plain_arithmetic(WeightFormat format, int rows, int more, int columns, int tokens)
    {
        using var files = new MatrixFile(rows, more, columns);
        using var x = files.Input(tokens, InputOf(format));
        using var matrix = Matrix(format, files);
        using var packed = new PackedWeights([matrix], path: null, progress: null);
        Check(matrix, x, tokens, files, (row, k) => Rounded(format, files, row, k), (token, k) => Read(format, x, token, k));
    }

    [Theory, MemberData(nameof(Shapes))]
    public void Native_kernels_give_the_bits_of_those_in_CSharp(WeightFormat format, int rows, int more, int columns, int tokens)
    {
        using var files = new MatrixFile(rows, more, columns);
        using var x = files.Input(tokens, InputOf(format));
        using var matrix = Matrix(format, files);
        using var packed = new PackedWeights([matrix], path: null, progress: null);
        var stride = matrix.Groups * Lanes.Count;
        using AlignedMemory<float> native = new((long)tokens * stride), here = new((long)tokens * stride);
        matrix.Multiply(x, tokens, 0, matrix.Groups, native.Pointer, stride, add: false);
        MultiplyHere(matrix)(x, tokens, 0, matrix.Groups, here.Pointer, stride, add: false);
        Assert.Equal(new Span<float>(here.Pointer, (int)here.Count).ToArray(), new Span<float>(native.Pointer, (int)native.Count).ToArray());
    }

    [Fact]
    public void Rounding_a_block_of_inputs_moves_no_number_by_more_than_half_a_step()
    {
        using var files = new MatrixFile(3, 3, 100);
        using var x = files.Input(4, InputFormat.Bytes);
        for (var k = 0; k < 100; k++)
            Assert.InRange(Math.Abs(x.Row(2)[k] - x.Bytes(2)[k] * x.Scales(2)[k / 32]), 0, x.Scales(2)[k / 32] * 0.501);
    }

    [Theory]
    [InlineData(0f, 0)]
    [InlineData(1f, 0x3f80)]
    [InlineData(1e-39f, 0)]
    [InlineData(float.NaN, 0xffc0)]
    [InlineData(float.NegativeInfinity, 0xff80)]
    [InlineData(float.MaxValue, 0x7f80)]
    [InlineData(1.00390625f, 0x3f80)]
    [InlineData(1.01171875f, 0x3f82)]
    public void Brain_floats_round_to_the_nearest_and_ties_to_even(float value, int bits) =>
        Assert.Equal((ushort)bits, BFloat16.Round(value));

    [Fact]
    public void Four_bits_miss_a_block_by_no_more_than_the_plain_rule_does()
    {
        using var files = new MatrixFile(40, 1, 32);
        for (var row = 0; row < 40; row++)
        {
            var block = Enumerable.Range(0, 32).Select(k => files.Weight(row, k)).ToArray();
            var plain = (float)(Half)(block.MaxBy(Math.Abs) / -8);
            Assert.InRange(Missed(block, (float)BlockScale.Choose(block, bits: 4)), 0, Missed(block, plain));
        }
        static double Missed(float[] block, float step) => block.Sum(v => Math.Pow(v - Math.Clamp(MathF.Round(v / step), -8, 7) * step, 2));
    }

    [Fact]
    public void A_block_that_is_made_of_levels_is_kept_exactly()
    {
        var half = (float)(Half)0.0123;
        var eight = Enumerable.Range(0, 32).Select(k => (k * 8 - 127) * half).ToArray();
        Assert.Equal(half, (float)BlockScale.Choose(eight, bits: 8));
        var four = Enumerable.Range(0, 32).Select(k => (k % 16 - 8) * -half).ToArray();
        Assert.Equal(-half, (float)BlockScale.Choose(four, bits: 4));
    }

    private delegate void Product(Activations x, int tokens, int firstGroup, int groups, float* y, int stride, bool add);

    private static PackedMatrix Matrix(WeightFormat format, MatrixFile files) => format switch
    {
        WeightFormat.Float32 => new Float32Matrix(files.First, files.Second),
        WeightFormat.BFloat16 => new BFloat16Matrix(files.First, files.Second),
        WeightFormat.Int8 => new BlockMatrix<EightBits>(files.First, files.Second),
        _ => new BlockMatrix<FourBits>(files.First, files.Second),
    };

    private static Product MultiplyHere(PackedMatrix matrix) => matrix switch
    {
        BFloat16Matrix m => m.MultiplyHere,
        BlockMatrix<EightBits> m => m.MultiplyHere,
        BlockMatrix<FourBits> m => m.MultiplyHere,
        _ => matrix.Multiply,
    };

    private static InputFormat InputOf(WeightFormat format) => format switch
    {
        WeightFormat.Float32 => InputFormat.Float32,
        WeightFormat.BFloat16 => InputFormat.BFloat16,
        _ => InputFormat.Bytes,
    };

    private static double Read(WeightFormat format, Activations x, int token, int k) => format switch
    {
        WeightFormat.Float32 => x.Row(token)[k],
        WeightFormat.BFloat16 => Brain(x.Row(token)[k]),
        _ => x.Bytes(token)[k] * (double)x.Scales(token)[k / 32],
    };

    private static float Brain(float value) => BitConverter.UInt32BitsToSingle((uint)BFloat16.Round(value) << 16);

    // The weight as its format keeps it, computed anew.
    private static double Rounded(WeightFormat format, MatrixFile files, int row, int k)
    {
        var value = files.Weight(row, k);
        if (format is WeightFormat.Float32 or WeightFormat.BFloat16)
            return format == WeightFormat.Float32 ? value : Brain(value);
        var block = Enumerable.Range(k / 32 * 32, 32).Where(i => i < files.Columns).Select(i => files.Weight(row, i)).ToArray();
        if (format == WeightFormat.Int8)
        {
            var scale = (float)(Half)(block.Max(Math.Abs) / 127f);
            return Math.Clamp(MathF.Round(value / scale), -127, 127) * (double)scale;
        }
        var step = (float)BlockScale.Choose(block, bits: 4);
        return Math.Clamp(MathF.Round(value / step), -8, 7) * (double)step;
    }

    private static void Check(PackedMatrix matrix, Activations x, int tokens, MatrixFile files, Func<int, int, double> weight, Func<int, int, double> input)
    {
        var stride = matrix.Groups * Lanes.Count;
        using var y = new AlignedMemory<float>((long)tokens * stride);
        var weights = Enumerable.Range(0, files.Rows).Select(row => Enumerable.Range(0, files.Columns).Select(k => weight(row, k)).ToArray()).ToArray();
        matrix.Multiply(x, tokens, 0, matrix.Groups, y.Pointer, stride, add: false);
        matrix.Multiply(x, tokens, 0, matrix.Groups, y.Pointer, stride, add: true);
        for (var token = 0; token < tokens; token++)
        {
            for (var row = 0; row < files.Rows; row++)
            {
                var (sum, size) = (files.Bias(row), 1e-3);
                for (var k = 0; k < files.Columns; k++)
                {
                    sum += weights[row][k] * input(token, k);
                    size += Math.Abs(weights[row][k] * input(token, k));
                }
                // Twice: once stored, once added.
                Assert.Equal(2 * sum, y.Pointer[(long)token * stride + files.At(row)], size * 1e-5);
            }
        }
    }
}
