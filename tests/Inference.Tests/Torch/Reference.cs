using System.Diagnostics;
using System.Text.Json;

namespace ProofMesh.Inference.Tests.Torch;

/// <summary>The forward pass in numpy, in a process of its own: shares no code with either backend.</summary>
internal static class Reference
{
    /// <summary>Logits of every position, [tokens · vocabulary].</summary>
    public static float[] Logits(string folder, int[] tokens)
    {
        // Debian's interpreter is the one that Debian's numpy is for, whatever else is first in the path.
        var python = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
        var start = new ProcessStartInfo(python, [Script(), folder])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["OMP_NUM_THREADS"] = "1";
        using var process = Process.Start(start)!;
        var faults = process.StandardError.ReadToEndAsync();
        process.StandardInput.WriteLine(JsonSerializer.Serialize(new { tokens }));
        process.StandardInput.Close();
        var answer = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"reference.py failed (python3-numpy is needed): {faults.Result}");
        using var document = JsonDocument.Parse(answer);
        return [.. document.RootElement.GetProperty("logits").EnumerateArray().SelectMany(row => row.EnumerateArray()).Select(v => v.GetSingle())];
    }

    private static string Script()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "reference.py");
            if (File.Exists(path)) return path;
        }
        throw new FileNotFoundException("reference.py is not above the test's folder");
    }
}
