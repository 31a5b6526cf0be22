using System.Net;

namespace ProofMesh.Provider;

/// <summary>Options from appsettings.json, then --config FILE, then PROOFMESH_… variables, then the command line.</summary>
static class Configuration
{
    /// <summary>Null when an option is wrong; standard error then says which, and what to write.</summary>
    public static ProviderOptions? Read(WebApplicationBuilder builder, string[] args)
    {
        var file = builder.Configuration["config"];
        if (file is not null) builder.Configuration.AddJsonFile(Path.GetFullPath(file), optional: false);
        builder.Configuration.AddEnvironmentVariables("PROOFMESH_").AddCommandLine(args);
        try
        {
            var options = builder.Configuration.Get<ProviderOptions>() ?? new ProviderOptions();
            options.Check();
            return options;
        }
        catch (Exception fault) when (fault is ArgumentException or InvalidOperationException or IOException)
        {
            Console.Error.WriteLine(fault.InnerException?.Message ?? fault.Message);
            return null;
        }
    }
}
