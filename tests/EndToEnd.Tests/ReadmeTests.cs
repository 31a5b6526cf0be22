using System.Diagnostics;

namespace ProofMesh.EndToEnd.Tests;

/// <summary>Every command that the README shows is run.</summary>
public sealed class ReadmeTests
{
    static readonly string Root = FindRoot();
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    // What each command is run with here, and what it must print.
    static readonly Dictionary<string, (string Arguments, string Expected)> Known = new(StringComparer.Ordinal)
    {
        ["scripts/demo"] = (" --once --port 0 --state \"$(mktemp -d)/market\"", "true for the receipt, false for a copy"),
        ["scripts/bench"] = (" crypto", "crypto ours="),
        ["dotnet src/Cli/bin/Release/net10.0/proofmesh.dll --help"] = ("", "provider"),
        ["dotnet src/Cli/bin/Release/net10.0/proofmesh.dll model list"] = (" --store \"$(mktemp -d)\"", "There are no models"),
    };

    public static TheoryData<string> Commands => [.. Shown().Where(command => command != "scripts/test")];

    [Fact]
    public void The_test_command_is_the_one_that_runs_this()
    {
        Assert.Contains("scripts/test", Shown());
        Assert.Equal("scripts/test", File.ReadAllText(Path.Combine(Root, ".ci/run")).Trim());
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_command_of_the_README_works(string command)
    {
        Assert.True(Known.TryGetValue(command, out var run), $"The README shows '{command}'; say here how it is tested.");
        var results = Path.Combine(Root, "docs/benchmarks.md");
        var before = File.Exists(results) ? await File.ReadAllBytesAsync(results, Stop) : null;
        var (code, output) = await Run(command + run.Arguments);
        if (before is not null) await File.WriteAllBytesAsync(results, before, Stop);
        Assert.True(code == 0, $"{command} ended with {code}:\n{output}");
        Assert.Contains(run.Expected, output, StringComparison.Ordinal);
    }

    static List<string> Shown()
    {
        var blocks = File.ReadAllText(Path.Combine(Root, "README.md")).Split("```");
        return [.. blocks.Where((_, i) => i % 2 == 1).Where(block => block.StartsWith("sh\n", StringComparison.Ordinal)).SelectMany(block => block[3..].Split('\n', StringSplitOptions.RemoveEmptyEntries))];
    }

    static async Task<(int Code, string Output)> Run(string command)
    {
        var start = new ProcessStartInfo("bash", ["-c", command + " 2>&1 </dev/null"]) { WorkingDirectory = Root, RedirectStandardOutput = true, UseShellExecute = false };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(Stop);
        await process.WaitForExitAsync(Stop);
        return (process.ExitCode, output);
    }

    static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "ProofMesh.slnx"))) folder = folder.Parent;
        return folder.FullName;
    }
}
