using System.Text.Json;

namespace ProofMesh.Gateway;

/// <summary>Reads <c>response_format</c> into the form that nodes take. Whether a schema can be kept to is for the node to say.</summary>
static class ResponseFormat
{
    const int Longest = 1 << 16;

    /// <summary>What is wrong with it, or null.</summary>
    public static string? Read(JsonElement value, out string? format)
    {
        format = null;
        if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String) return "response_format must be an object with a type.";
        switch (type.GetString())
        {
            case "text": return null;
            case "json_object": format = """{"type":"json_object"}"""; return null;
            case "json_schema" when value.TryGetProperty("json_schema", out var named) && named.ValueKind == JsonValueKind.Object && named.TryGetProperty("schema", out var schema):
                format = $$"""{"type":"json_schema","schema":{{schema.GetRawText()}}}""";
                break;
            case "regex" when value.TryGetProperty("pattern", out var pattern) && pattern.ValueKind == JsonValueKind.String:
                format = $$"""{"type":"regex","pattern":{{pattern.GetRawText()}}}""";
                break;
            default: return "response_format is served as text, json_object, json_schema with json_schema.schema, or regex with a pattern.";
        }
        return format.Length <= Longest ? null : $"response_format has {format.Length} characters; at most {Longest} are served.";
    }
}
