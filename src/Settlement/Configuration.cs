namespace ProofMesh.Settlement;

static class Configuration
{
    /// <summary>Options from <c>--config FILE</c>, then <c>PROOFMESH_…</c> variables, then the command line.</summary>
    /// <exception cref="InvalidOperationException">Something must be changed; the message says what.</exception>
    public static SettlementOptions Read(string[] args)
    {
        var builder = new ConfigurationBuilder().AddCommandLine(args);
        if (builder.Build()["config"] is { } file) builder.AddJsonFile(Path.GetFullPath(file), optional: false);
        var options = builder.AddEnvironmentVariables("PROOFMESH_").AddCommandLine(args).Build().Get<SettlementOptions>() ?? new SettlementOptions();
        var faults = options.Faults().ToArray();
        return faults.Length == 0 ? options : throw new InvalidOperationException("The settlement service can't start with these options:\n  " + string.Join("\n  ", faults));
    }
}
