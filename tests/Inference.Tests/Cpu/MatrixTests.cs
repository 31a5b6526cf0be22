namespace ProofMesh.Inference.Tests;

public sealed unsafe class MatrixTests
{
    /// <summary>Rows of two stacked parts, columns, tokens.</summary>
    public static TheoryData<int, int, int, int> Shapes => new()
    {
        { 1, 1, 1, 1 }, { 16, 16, 32, 1 }, { 17, 5, 33, 2 }, { 64, 64, 64, 4 }, { 130, 3, 70, 5 }, { 96, 48, 160, 9 }, { 7, 90, 31, 17 },
    };

    [Theory, MemberData(nameof(Shapes))]
    public void Products_are_those_of_plain_arithmetic(int rows, int more, int columns, int tokens)
    {
        using var files = new MatrixFile(rows, more, columns);
        using var x = files.Input(tokens, quantised: false);
        using var matrix = new Float32Matrix(files.First, files.Second);
        Check(matrix, x, tokens, files, (row, k) => files.Weight(row, k), (token, k) => x.Row(token)[k]);
    }

    [Theory, MemberData(nameof(Shapes))]
    public void Int8_products_are_those_of_the_rounded_numbers(int rows, int more, int columns, int tokens)
    {
        using var files = new MatrixFile(rows, more, columns);
        using var x = files.Input(tokens, quantised: true);
        using var matrix = new Int8Matrix(files.First, files.Second);
        Check(matrix, x, tokens, files, (row, k) => Rounded(files, row, k), (token, k) => x.Bytes(token)[k] * (double)x.Scales(token)[k / 32]);
    }

    [Fact]
    public void Rounding_a_block_moves_no_number_by_more_than_half_a_step()
    {
        using var files = new MatrixFile(3, 3, 100);
        using var x = files.Input(4, quantised: true);
        for (var k = 0; k < 100; k++)
            Assert.InRange(Math.Abs(x.Row(2)[k] - x.Bytes(2)[k] * x.Scales(2)[k / 32]), 0, x.Scales(2)[k / 32] * 0.501);
    }

    // The weight as 8 bits with a bfloat16 scale keep it, computed anew.
    private static double Rounded(MatrixFile files, int row, int k)
    {
        var block = Enumerable.Range(k / 32 * 32, 32).Where(i => i < files.Columns).Select(i => files.Weight(row, i)).ToArray();
        var exact = block.Max(Math.Abs) / 127f;
        var bits = BitConverter.SingleToUInt32Bits(exact);
        if ((bits & 0xffff) != 0)
            bits = (bits & 0xffff0000) + 0x10000;
        var scale = BitConverter.UInt32BitsToSingle(bits);
        return scale == 0 ? 0 : Math.Round(files.Weight(row, k) / scale) * scale;
    }

    private static void Check(PackedMatrix matrix, Activations x, int tokens, MatrixFile files, Func<int, int, double> weight, Func<int, int, double> input)
    {
        var stride = matrix.Groups * Lanes.Count;
        using var y = new AlignedMemory<float>((long)tokens * stride);
        matrix.Multiply(x, tokens, 0, matrix.Groups, y.Pointer, stride, add: false);
        matrix.Multiply(x, tokens, 0, matrix.Groups, y.Pointer, stride, add: true);
        for (var token = 0; token < tokens; token++)
        {
            for (var row = 0; row < files.Rows; row++)
            {
                var (sum, size) = (files.Bias(row), 1e-3);
                for (var k = 0; k < files.Columns; k++)
                {
                    sum += weight(row, k) * input(token, k);
                    size += Math.Abs(weight(row, k) * input(token, k));
                }
                // Twice: once stored, once added.
                Assert.Equal(2 * sum, y.Pointer[(long)token * stride + files.At(row)], size * 1e-5);
            }
        }
    }
}
