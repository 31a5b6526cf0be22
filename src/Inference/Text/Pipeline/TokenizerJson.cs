using System.Text.Json;

namespace ProofMesh.Inference;

/// <summary>Reads members of tokenizer.json with faults that name them.</summary>
internal static class TokenizerJson
{
    public static string Kind(this JsonElement element) => element.Text("type");

    public static JsonElement? Optional(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public static JsonElement Required(this JsonElement element, string name) =>
        element.Optional(name) ?? throw new TokenizerException($"tokenizer.json lacks '{name}'.");

    public static string Text(this JsonElement element, string name) =>
        element.Required(name) is { ValueKind: JsonValueKind.String } text
            ? text.GetString()!
            : throw new TokenizerException($"'{name}' of tokenizer.json must be a string.");

    public static string? OptionalText(this JsonElement element, string name) => element.Optional(name) is null ? null : element.Text(name);

    public static bool Flag(this JsonElement element, string name, bool otherwise) => element.Optional(name)?.ValueKind switch
    {
        null => otherwise,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw new TokenizerException($"'{name}' of tokenizer.json must be true or false."),
    };

    public static int Number(this JsonElement element, string name) =>
        element.Required(name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var value) && value >= 0
            ? value
            : throw new TokenizerException($"'{name}' of tokenizer.json must be a count.");

    public static JsonElement.ArrayEnumerator List(this JsonElement element, string name) =>
        element.Required(name) is { ValueKind: JsonValueKind.Array } array
            ? array.EnumerateArray()
            : throw new TokenizerException($"'{name}' of tokenizer.json must be a list.");

    /// <summary>{"String": "…"} or {"Regex": "…"}.</summary>
    public static Pattern Pattern(this JsonElement element)
    {
        var pattern = element.Required("pattern");
        return pattern.OptionalText("String") is { } literal ? Inference.Pattern.Literal(literal) : new Pattern(pattern.Text("Regex"));
    }
}
