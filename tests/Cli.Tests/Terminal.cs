using System.Diagnostics;

namespace ProofMesh.Cli.Tests;

/// <summary>The program as somebody types it, in a folder of its own.</summary>
public sealed class Terminal : IDisposable
{
    const string Wallet = "0x1111111111111111111111111111111111111111111111111111111111111111";

    public string Folder { get; } = Directory.CreateTempSubdirectory("proofmesh-cli-").FullName;

    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal);

    public string File(string name, string? content = null)
    {
        var path = Path.Combine(Folder, name);
        if (content is not null) System.IO.File.WriteAllText(path, content);
        return path;
    }

    /// <summary>A market that nobody runs: what would be sent to it fails in another way than what is refused before.</summary>
    public void InMarket(string? settlement = null, string? gateway = null)
    {
        const string nowhere = "http://127.0.0.1:1";
        var wallet = File("wallet.key", Wallet);
        System.IO.File.SetUnixFileMode(wallet, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        new Profile { Gateway = gateway ?? nowhere, Rpc = nowhere, Settlement = settlement ?? nowhere, Wallet = wallet, Rail = Receipts.RailOptions }.Save(File("profile.json"));
        Environment["PROOFMESH_PROFILE"] = File("profile.json");
    }

    public async Task<(int Code, string Output, string Errors)> Run(string[] words, string input = "")
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "proofmesh.dll"), .. words])
        {
            WorkingDirectory = Folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("PROOFMESH_", StringComparison.Ordinal)).ToList()) start.Environment.Remove(name);
        start.Environment["HOME"] = Folder;
        foreach (var (name, value) in Environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await errors);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
