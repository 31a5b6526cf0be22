namespace ProofMesh.Indexer;

static class Configuration
{
    /// <summary>Options from <c>--config FILE</c>, then <c>PROOFMESH_…</c> variables, then the command line.</summary>
    /// <exception cref="InvalidOperationException">Something must be changed; the message says what.</exception>
    public static IndexerOptions Read(string[] args)
    {
        var builder = new ConfigurationBuilder().AddCommandLine(args);
        if (builder.Build()["config"] is { } file) builder.AddJsonFile(Path.GetFullPath(file), optional: false);
        var options = builder.AddEnvironmentVariables("PROOFMESH_").AddCommandLine(args).Build().Get<IndexerOptions>() ?? new IndexerOptions();
        var faults = options.Faults().ToArray();
        return faults.Length == 0 ? options : throw new InvalidOperationException("The indexer can't start with these options:\n  " + string.Join("\n  ", faults));
    }
}
