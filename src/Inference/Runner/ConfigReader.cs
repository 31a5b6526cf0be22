using System.Text.Json;

namespace ProofMesh.Inference;

/// <summary>Reads fields of a config.json with their bounds; a value outside is refused with the field's name.</summary>
internal readonly struct ConfigReader(JsonElement root, string scope = "config.json")
{
    public bool Has(string name) => root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    public int Int(string name, int min, int max, int? fallback = null)
    {
        if (!Has(name))
            return fallback ?? throw new ModelConfigException($"{scope} lacks '{name}'.");
        var value = root.GetProperty(name);
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out var number) || number < min || number > max)
            throw new ModelConfigException($"{scope}: '{name}' is {Show(value)}; an integer from {min} to {max} is accepted.");
        return number;
    }

    public double Number(string name, double min, double max, double? fallback = null)
    {
        if (!Has(name))
            return fallback ?? throw new ModelConfigException($"{scope} lacks '{name}'.");
        var value = root.GetProperty(name);
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var number) || !(number >= min && number <= max))
            throw new ModelConfigException($"{scope}: '{name}' is {Show(value)}; a number from {min} to {max} is accepted.");
        return number;
    }

    public bool Flag(string name, bool fallback)
    {
        if (!Has(name))
            return fallback;
        var value = root.GetProperty(name);
        return value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw new ModelConfigException($"{scope}: '{name}' is {Show(value)}; true or false is accepted."),
        };
    }

    public string Text(string name, string fallback)
    {
        if (!Has(name))
            return fallback;
        var value = root.GetProperty(name);
        return value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new ModelConfigException($"{scope}: '{name}' is {Show(value)}; a string is accepted.");
    }

    public ConfigReader Section(string name)
    {
        var value = root.GetProperty(name);
        return value.ValueKind == JsonValueKind.Object
            ? new ConfigReader(value, $"{scope}: {name}")
            : throw new ModelConfigException($"{scope}: '{name}' is {Show(value)}; an object is accepted.");
    }

    /// <summary>One token id or a list of them.</summary>
    public int[] Ids(string name, int vocabulary)
    {
        if (!Has(name))
            return [];
        var value = root.GetProperty(name);
        if (value.ValueKind != JsonValueKind.Array)
            return [Int(name, 0, vocabulary - 1)];
        if (value.GetArrayLength() > 64)
            throw new ModelConfigException($"{scope}: '{name}' lists {value.GetArrayLength()} ids; at most 64 are accepted.");
        var ids = new List<int>();
        foreach (var item in value.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt32(out var id) || id < 0 || id >= vocabulary)
                throw new ModelConfigException($"{scope}: '{name}' holds {Show(item)}; ids from 0 to {vocabulary - 1} are accepted.");
            ids.Add(id);
        }
        return [.. ids];
    }

    private static string Show(JsonElement value)
    {
        var text = value.GetRawText();
        return text.Length <= 40 ? text : string.Concat(text.AsSpan(0, 40), "…");
    }
}
