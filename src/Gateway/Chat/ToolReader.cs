using System.Text.Json;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>Reads <c>tools</c>, <c>tool_choice</c> and the calls of a conversation. Whether they fit together is <see cref="ToolCheck"/>'s to say.</summary>
static class ToolReader
{
    /// <summary>What is wrong with the list, or null.</summary>
    public static string? Tools(JsonElement value, out ChatTool[]? tools)
    {
        tools = null;
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() is 0 or > ToolCheck.MostTools) return $"tools must be a list of 1 to {ToolCheck.MostTools} functions.";
        var read = new List<ChatTool>(value.GetArrayLength());
        foreach (var item in value.EnumerateArray())
        {
            if (Tool(item, out var tool) is { } fault) return $"tools[{read.Count}]{fault}";
            read.Add(tool!);
        }
        tools = [.. read];
        return null;
    }

    public static string? Choice(JsonElement value, out string? choice)
    {
        choice = null;
        if (value.ValueKind == JsonValueKind.String) choice = value.GetString() is ChatTools.Auto or ChatTools.None or ChatTools.Required ? value.GetString() : null;
        else if (Function(value, out var function) is null && function.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String) choice = ChatTools.Naming(name.GetString()!);
        return choice is null ? """tool_choice must be none, auto, required or {"type":"function","function":{"name":…}}.""" : null;
    }

    /// <summary>What is wrong with an assistant's <c>tool_calls</c>, or null.</summary>
    public static string? Calls(JsonElement value, out ChatCall[]? calls)
    {
        calls = null;
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() is 0 or > ToolCheck.MostCalls) return $".tool_calls must be a list of 1 to {ToolCheck.MostCalls} calls.";
        var read = new List<ChatCall>(value.GetArrayLength());
        foreach (var item in value.EnumerateArray())
        {
            if (Function(item, out var function) is { } fault) return $".tool_calls[{read.Count}]{fault}";
            if (Text(item, "id") is not { } id || Text(function, "name") is not { } name || Text(function, "arguments") is not { } arguments)
                return $".tool_calls[{read.Count}] must have an id, function.name and function.arguments as strings.";
            read.Add(new(id, name, arguments));
        }
        calls = [.. read];
        return null;
    }

    static string? Tool(JsonElement item, out ChatTool? tool)
    {
        tool = null;
        if (Function(item, out var function) is { } fault) return fault;
        string? name = null, description = null, parameters = null;
        foreach (var property in function.EnumerateObject())
        {
            var (value, wrong) = (property.Value, (string?)null);
            switch (property.Name)
            {
                case "name" when value.ValueKind == JsonValueKind.String: name = value.GetString(); break;
                case "description" when value.ValueKind is JsonValueKind.String or JsonValueKind.Null: description = value.GetString(); break;
                case "parameters" when value.ValueKind == JsonValueKind.Object: parameters = value.GetRawText(); break;
                // Every call is held to its schema, whether that was asked for or not.
                case "strict" when value.ValueKind is JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null: break;
                case "parameters" when value.ValueKind == JsonValueKind.Null: break;
                case "name" or "description": wrong = "must be a string"; break;
                case "parameters": wrong = "must be a JSON schema, an object"; break;
                case "strict": wrong = "must be true or false"; break;
                default: wrong = "isn't supported by this gateway"; break;
            }
            if (wrong is not null) return $".function.{(property.Name.Length <= 64 ? property.Name : "…")} {wrong}.";
        }
        if (name is null) return ".function.name is missing.";
        tool = new(name, description, parameters);
        return null;
    }

    // {"type":"function","function":{…}}: what frames a tool, a choice and a call alike.
    static string? Function(JsonElement item, out JsonElement function)
    {
        function = default;
        if (item.ValueKind != JsonValueKind.Object || Text(item, "type") != "function") return " must be an object of type function.";
        return item.TryGetProperty("function", out function) && function.ValueKind == JsonValueKind.Object ? null : ".function must be an object.";
    }

    static string? Text(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
