using System.Diagnostics;
using ProofMesh.Inference.Torch;

namespace ProofMesh.Inference.Tests.Torch;

[Collection("torch")]
public sealed class GpuCheckTests
{
    [Fact]
    public async Task Without_a_GPU_the_check_says_so_and_compares_every_architecture_on_the_processor()
    {
        if (torch.cuda.is_available()) return; // There it measures for minutes: scripts/gpu.
        // …/tests/Inference.Tests/bin/Release/net10.0/ → …/tests/GpuCheck/bin/Release/net10.0/
        var here = AppContext.BaseDirectory.TrimEnd('/');
        var program = Path.Combine(here.Replace("/Inference.Tests/", "/GpuCheck/", StringComparison.Ordinal), "ProofMesh.GpuCheck.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", ["exec", program]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var lines = (await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        Assert.Contains("No CUDA device is at hand", lines[1], StringComparison.Ordinal);
        Assert.Equal(2 * Architectures.Names.Length, lines.Count(line => line.StartsWith("ok ", StringComparison.Ordinal)));
    }
}
