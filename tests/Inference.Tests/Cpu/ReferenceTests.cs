using ProofMesh.Inference.Tests.Torch;

namespace ProofMesh.Inference.Tests;

/// <summary>The processor backend against the forward pass in numpy, over every architecture and at long positions.</summary>
public sealed class CpuReferenceTests
{
    public static TheoryData<string> All => [.. Architectures.Names];

    // In standard deviations of the logits. Random weights are the worst case: nothing in them averages the rounding out.
    private static readonly (WeightFormat Format, double Rms)[] Rounded = [(WeightFormat.BFloat16, 0.04), (WeightFormat.Int8, 0.08), (WeightFormat.Int4, 0.8)];

    [Theory, MemberData(nameof(All))]
    public void Float32_agrees_with_the_reference_and_the_rounded_formats_are_close(string name)
    {
        using var exact = new LoadedModel(Architectures.Config(name), threads: 2);
        var tokens = exact.RandomTokens(LongestOf(name, exact));
        var expected = Reference.Logits(exact.Folder, tokens);
        var pieces = Pieces(tokens.Length, 192);
        var (rms, largest) = Difference(expected, exact.Logits(tokens, tokens.Length, pieces));
        Assert.True(rms < 5e-6 && largest < 1e-4, $"float32: rms {rms:E2}, largest {largest:E2} standard deviations");
        foreach (var (format, bound) in Rounded)
        {
            using var rounded = new LoadedModel(Architectures.Config(name), format, threads: 2);
            (rms, largest) = Difference(expected, rounded.Logits(tokens, tokens.Length, pieces));
            TestContext.Current.TestOutputHelper?.WriteLine($"{name}, {tokens.Length} tokens, {format}: rms {rms:E2} largest {largest:E2}");
            Assert.True(rms < bound, $"{format}: rms {rms:E2}, largest {largest:E2} standard deviations");
        }
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
