using System.Diagnostics;

namespace ProofMesh.Chain.Tests;

/// <summary>The checkout that these tests were built from, and Node run in it.</summary>
static class Repository
{
    public static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    /// <summary>Runs a script with lines of input and answers its lines of output.</summary>
    public static async Task<string[]> NodeAsync(string script, IEnumerable<string> arguments, IEnumerable<string> input)
    {
        using var node = Process.Start(new ProcessStartInfo("node", [script, .. arguments])
        {
            WorkingDirectory = Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        Task<string> output = node.StandardOutput.ReadToEndAsync(), errors = node.StandardError.ReadToEndAsync();
        try
        {
            foreach (var line in input) await node.StandardInput.WriteLineAsync(line);
            node.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended early; what it said is shown below.
        }
        await node.WaitForExitAsync();
        Assert.True(node.ExitCode == 0, await errors);
        return (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    static string Find(DirectoryInfo? folder)
    {
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "ProofMesh.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("These tests run inside a checkout of the repository.");
    }
}
