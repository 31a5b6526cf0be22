using System.Text.Json;

namespace ProofMesh.Inference;

/// <summary>model.safetensors.index.json: which file holds which tensor.</summary>
internal sealed record ShardIndex(IReadOnlyList<string> Files, IReadOnlyDictionary<string, string> FileOf)
{
    private const string Name = "model.safetensors.index.json";

    /// <returns>Null where the folder has no index.</returns>
    public static ShardIndex? Read(string folder)
    {
        var path = Path.Combine(folder, Name);
        if (!File.Exists(path))
            return null;
        var fileOf = Parse(File.ReadAllBytes(path));
        var names = fileOf.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        foreach (var name in names)
            CheckFile(folder, name);
        return new ShardIndex([.. names.Select(n => Path.Combine(folder, n))], fileOf);
    }

    private static Dictionary<string, string> Parse(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.GetProperty("weight_map").EnumerateObject()
                .ToDictionary(p => p.Name, p => p.Value.GetString() ?? "", StringComparer.Ordinal);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or KeyNotFoundException or ArgumentException)
        {
            throw new CheckpointException($"{Name} has no readable weight_map ({fault.Message}).", fault);
        }
    }

    // An index is a stranger's text: it must not lead out of its folder.
    private static void CheckFile(string folder, string name)
    {
        if (name.Length == 0 || Path.GetFileName(name) != name || !name.EndsWith(".safetensors", StringComparison.Ordinal))
            throw new CheckpointException($"{Name} names '{name}', which is no safetensors file of this folder.");
        if (!File.Exists(Path.Combine(folder, name)))
            throw new CheckpointException($"{Name} names {name}, which is missing.");
    }
}
