using System.Text.Json;
using ProofMesh.Protocol;

namespace ProofMesh.Cli;

/// <summary>Where the market is: one JSON file, made by `proofmesh up` for a local one or written by hand.</summary>
sealed record Profile
{
    // By reflection: generated readers put null where an init-only property is missing, over its default.
    static readonly JsonSerializerOptions Json = new() { WriteIndented = true, RespectNullableAnnotations = true, PropertyNameCaseInsensitive = true };

    public string Gateway { get; init; } = "";
    public string Settlement { get; init; } = "";
    public string Rpc { get; init; } = "";
    public RailOptions Rail { get; init; } = new();

    /// <summary>A keystore v3 or a file with a key in hexadecimal, mode 600.</summary>
    public string Wallet { get; init; } = "";

    public static string DefaultPath => Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".proofmesh", "profile.json");

    /// <exception cref="CommandException">No such file, or it isn't a profile.</exception>
    public static Profile Load(string? path)
    {
        var file = path ?? Environment.GetEnvironmentVariable("PROOFMESH_PROFILE") ?? DefaultPath;
        if (!File.Exists(file)) throw new CommandException($"There is no profile at {file}: start a local market with `proofmesh up`, or name a profile with --profile.");
        try
        {
            return JsonSerializer.Deserialize<Profile>(File.ReadAllBytes(file), Json) ?? throw new JsonException("it is null");
        }
        catch (JsonException fault)
        {
            throw new CommandException($"{file} is no profile: {fault.Message}");
        }
    }

    public void Save(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(this, Json));
    }

    /// <exception cref="CommandException">Not an address of the web.</exception>
    public static Uri Url(string text, string name) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url : throw new CommandException($"{name} is '{text}': set it in the profile to a URL that starts with http:// or https://.");

    /// <exception cref="CommandException">A contract's address is missing.</exception>
    public Rail ToRail() => Rail.Faults().FirstOrDefault() is { } fault ? throw new CommandException($"The profile's rail is incomplete. {fault}") : Rail.ToRail();
}
