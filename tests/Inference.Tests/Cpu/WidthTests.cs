using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ProofMesh.Inference.Tests;

/// <summary>What processors without the newest instructions compute, tried in processes that do without them and without native kernels.</summary>
public sealed class WidthTests
{
    private const string ResultFile = "PROOFMESH_TEST_WIDTH";

    // Float32 first: its tolerance is another.
    private static readonly WeightFormat[] Formats = [WeightFormat.Float32, WeightFormat.BFloat16, WeightFormat.Int8, WeightFormat.Int4];

    [Theory]
    [InlineData("", "512 avx2 vnni", true)]
    [InlineData("EnableAVXVNNI", "512 avx2", true)]
    [InlineData("EnableAVX512", "256 avx2 vnni", true)]
    [InlineData("EnableAVX512 EnableAVXVNNI", "256 avx2", true)]
    [InlineData("EnableAVX2", "128", false)]
    [InlineData("EnableHWIntrinsic", "0", false)]
    public void Processors_with_less_compute_the_same(string without, string left, bool sameBits)
    {
        if (!Avx2.IsSupported)
            return;
        var (features, logits) = Child(without);
        Assert.True(IsPartOf(features, left), $"{features} remained, {left} was expected");
        var here = Compute();
        if (sameBits)
            Assert.Equal(here, logits);
        // Without fused multiply-add the last bits differ, and a last bit can move an activation by a whole step of its format.
        var float32 = here.Length / Formats.Length;
        Assert.All(here.Zip(logits).Take(float32), pair => Assert.Equal(pair.First, pair.Second, 1e-3));
        Assert.All(here.Zip(logits).Skip(float32), pair => Assert.Equal(pair.First, pair.Second, 0.3));
    }

    /// <summary>In a child process: writes what it computes; in the suite: that it computes at all.</summary>
    [Fact]
    public void Logits_are_finite()
    {
        var logits = Compute();
        Assert.All(logits, v => Assert.True(float.IsFinite(v)));
        if (Environment.GetEnvironmentVariable(ResultFile) is { } path)
            File.WriteAllLines(path, logits.Select(v => v.ToString("R", CultureInfo.InvariantCulture)).Prepend(Features()));
    }

    private static float[] Compute()
    {
        var results = new List<float>();
        foreach (var format in Formats)
        {
            using var model = new LoadedModel(Architectures.Config("qwen3"), format);
            results.AddRange(model.Logits(model.RandomTokens(45), 3, 40, 1, 4));
        }
        return [.. results];
    }

    private static (string Features, float[] Logits) Child(string without)
    {
        var result = Path.GetTempFileName();
        var dll = typeof(WidthTests).Assembly.Location;
        var start = new ProcessStartInfo("dotnet", ["exec", dll, "--filter-method", $"*{nameof(WidthTests)}.{nameof(Logits_are_finite)}"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[ResultFile] = result;
        start.Environment["PROOFMESH_NATIVE_KERNELS"] = "0";
        foreach (var feature in without.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            start.Environment["DOTNET_" + feature] = "0";
        using var process = Process.Start(start)!;
        var faults = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output + faults.Result);
        var lines = File.ReadAllLines(result);
        File.Delete(result);
        return (lines[0], [.. lines.Skip(1).Select(l => float.Parse(l, CultureInfo.InvariantCulture))]);
    }

    private static string Features()
    {
        var width = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0;
        return width + (Avx2.IsSupported ? " avx2" : "") + (AvxVnni.IsSupported ? " vnni" : "");
    }

    // This machine may lack some of them itself.
    private static bool IsPartOf(string features, string expected) =>
        features.Split(' ').Skip(1).All(expected.Split(' ').Contains)
        && int.Parse(features.Split(' ')[0], CultureInfo.InvariantCulture) <= int.Parse(expected.Split(' ')[0], CultureInfo.InvariantCulture);
}
