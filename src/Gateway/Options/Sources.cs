namespace ProofMesh.Gateway;

static class Sources
{
    const string EnvironmentPrefix = "PROOFMESH_";

    /// <summary>A file, then the environment, then the command line: the later one wins.</summary>
    public static void AddGatewaySources(this IConfigurationBuilder configuration, string[] args)
    {
        var commandLine = new ConfigurationBuilder().AddCommandLine(args).Build();
        if (commandLine["config"] is { } file) configuration.AddJsonFile(Path.GetFullPath(file), optional: false);
        configuration.AddEnvironmentVariables(EnvironmentPrefix).AddCommandLine(args);
    }
}
