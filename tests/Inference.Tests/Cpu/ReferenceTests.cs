using ProofMesh.Inference.Tests.Torch;

namespace ProofMesh.Inference.Tests;

/// <summary>The processor backend against the forward pass in numpy, over every architecture and at long positions.</summary>
public sealed class CpuReferenceTests
{
    public static TheoryData<string> All => [.. Architectures.Names];

    [Theory, MemberData(nameof(All))]
    public void Float32_agrees_with_the_reference_and_int8_is_close(string name)
    {
        using var exact = new LoadedModel(Architectures.Config(name), threads: 2);
        using var quantised = new LoadedModel(Architectures.Config(name), WeightFormat.Int8, threads: 2);
        var tokens = exact.RandomTokens(LongestOf(name, exact));
        var expected = Reference.Logits(exact.Folder, tokens);
        var pieces = Pieces(tokens.Length, 192);
        var (rms, largest) = Difference(expected, exact.Logits(tokens, tokens.Length, pieces));
        Assert.True(rms < 5e-6 && largest < 1e-4, $"float32: rms {rms:E2}, largest {largest:E2} standard deviations");
        var (rms8, largest8) = Difference(expected, quantised.Logits(tokens, tokens.Length, pieces));
        // Random weights are the worst case: nothing in them averages the rounding out.
        Assert.True(rms8 < 0.08, $"int8: rms {rms8:E2}, largest {largest8:E2} standard deviations");
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{name}, {tokens.Length} tokens: float32 rms {rms:E2} largest {largest:E2}; int8 rms {rms8:E2} largest {largest8:E2}");
    }

    [Theory]
    [InlineData(TensorType.BF16)]
    [InlineData(TensorType.F16)]
    public void Weights_of_half_precision_are_read_exactly(TensorType type)
    {
        using var model = new LoadedModel(Architectures.Config("llama"), type: type);
        var tokens = model.RandomTokens(60);
        var (_, largest) = Difference(Reference.Logits(model.Folder, tokens), model.Logits(tokens, 60));
        Assert.InRange(largest, 0, 1e-4);
    }

    // The reference scales dynamically by the length of the text, the engine by its context: the same when the text fills it.
    private static int LongestOf(string name, LoadedModel model) => name switch
    {
        "dynamic" => model.Runner.Context,
        "llama" or "qwen3" or "llama3" or "yarn" => 3000,
        _ => 300,
    };

    private static int[] Pieces(int length, int size) =>
        [.. Enumerable.Repeat(size, length / size), .. length % size > 0 ? new[] { length % size } : []];

    /// <summary>In units of the expected logits' standard deviation.</summary>
    private static (double Rms, double Largest) Difference(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        var mean = expected.Average(v => (double)v);
        var deviation = Math.Sqrt(expected.Average(v => (v - mean) * (v - mean)));
        var differences = expected.Zip(actual, (a, b) => Math.Abs((double)a - b) / deviation).ToArray();
        return (Math.Sqrt(differences.Average(d => d * d)), differences.Max());
    }
}
