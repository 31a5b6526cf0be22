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
            var options = Options(builder.Configuration);
            options.Check();
            return options;
        }
        catch (Exception fault) when (fault is ArgumentException or InvalidOperationException or IOException)
        {
            Console.Error.WriteLine(fault.InnerException?.Message ?? fault.Message);
            return null;
        }
    }

    /// <exception cref="InvalidOperationException">A value isn't of its kind; the message names its place.</exception>
    /// <exception cref="ArgumentException">What should be a list is none.</exception>
    public static ProviderOptions Options(IConfiguration configuration)
    {
        var models = configuration.GetSection(nameof(ProviderOptions.Models));
        if (models.Value is { Length: > 0 }) throw new ArgumentException($"Models: '{models.Value}' is no list; write Models:0:Model, or Model for a single one.");
        // One by one: the binder of a list passes over what it can't read, and the node would sell something else.
        return (configuration.Get<ProviderOptions>() ?? new ProviderOptions()) with { Models = [.. models.GetChildren().Select(model => model.Get<ModelOptions>() ?? new ModelOptions())] };
    }
}
