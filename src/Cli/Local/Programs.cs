namespace ProofMesh.Cli;

/// <summary>Where the built services are: beside this program in a source tree, or where PROOFMESH_SERVICES says.</summary>
static class Programs
{
    /// <summary>The command that runs a service.</summary>
    /// <exception cref="InvalidOperationException">It isn't built.</exception>
    public static string[] Command(string service, string configFile)
    {
        var file = Candidates(service).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException($"{service} isn't built: run `dotnet build src/{service}` (looked for {string.Join(" and ", Candidates(service))}).");
        return [Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", "exec", file, "--config", configFile];
    }

    static IEnumerable<string> Candidates(string service)
    {
        var name = $"ProofMesh.{service}.dll";
        if (Environment.GetEnvironmentVariable("PROOFMESH_SERVICES") is { Length: > 0 } folder) yield return Path.Combine(folder, service, name);
        for (var here = new DirectoryInfo(AppContext.BaseDirectory); here is not null; here = here.Parent)
            if (Directory.Exists(Path.Combine(here.FullName, "src", service)))
                yield return Path.Combine(here.FullName, "src", service, "bin", BuildFlavour(), "net10.0", name);
    }

    // The services of the same build as this program: …/bin/Release/net10.0/.
    static string BuildFlavour() => new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/')).Parent?.Name ?? "Release";
}
