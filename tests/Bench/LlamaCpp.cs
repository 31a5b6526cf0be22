using System.Diagnostics;
using System.Text.Json;

namespace ProofMesh.Bench;

/// <summary>llama.cpp as <c>scripts/llama</c> leaves it: two builds of the same version, of which the faster counts.</summary>
internal sealed class LlamaCpp
{
    private readonly string[] _builds;

    private LlamaCpp(string[] builds) => _builds = builds;

    public int Builds => _builds.Length;

    public static LlamaCpp? Find()
    {
        var folder = Path.Combine(Environment.CurrentDirectory, ".cache/llama");
        return File.Exists(Path.Combine(folder, ".stamp")) ? new([Path.Combine(folder, "native"), Path.Combine(folder, "published")]) : null;
    }

    /// <summary>Tokens per second of reading a prompt.</summary>
    public double Prefill(int build, string model, int threads, int tokens) =>
        Bench(build, model, threads, ["-p", $"{tokens}", "-n", "0"]);

    /// <summary>Tokens per second of one answer after so many tokens.</summary>
    public double Decode(int build, string model, int threads, int tokens, int depth = 0) =>
        Bench(build, model, threads, ["-p", "0", "-n", $"{tokens}", "-d", $"{depth}"]);

    /// <summary>Tokens per second of several answers together.</summary>
    public double DecodeMany(int build, string model, int threads, int answers, int tokens)
    {
        var lines = Run(build, "llama-batched-bench", ["-m", model, "-t", $"{threads}", "-c", $"{answers * (tokens + 32)}", "-npp", "8", "-ntg", $"{tokens}", "-npl", $"{answers}", "--output-format", "jsonl"]);
        var line = lines.Split('\n').Last(l => l.StartsWith('{'));
        return JsonDocument.Parse(line).RootElement.GetProperty("speed_tg").GetDouble();
    }

    private double Bench(int build, string model, int threads, string[] what)
    {
        var json = Run(build, "llama-bench", ["-m", model, "-t", $"{threads}", "-r", "1", "-o", "json", .. what]);
        return JsonDocument.Parse(json[json.IndexOf('[')..]).RootElement[0].GetProperty("avg_ts").GetDouble();
    }

    private string Run(int build, string program, string[] arguments)
    {
        var folder = _builds[build];
        var start = new ProcessStartInfo(Path.Combine(folder, program), arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LD_LIBRARY_PATH"] = folder;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {errors.Result}");
    }
}
