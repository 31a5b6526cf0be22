using System.Text.Json;

namespace ProofMesh.Protocol;

/// <summary>What is wrong with the functions of a request and with the calls of its conversation, whoever asks.</summary>
/// <remarks>A fault begins with the name of the parameter. Whether a schema can be kept to is for the engine to say.</remarks>
public static class ToolCheck
{
    public const int MostTools = 128, MostCalls = 128, LongestName = 64, LongestId = 64, LongestArguments = 1 << 16;

    /// <summary>Characters of all functions together.</summary>
    public const int LongestTools = 1 << 17;

    static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    public static string? Fault(ChatTools? tools, ChatTurn[] messages) => (tools is null ? null : Fault(tools)) ?? Fault(messages);

    static string? Fault(ChatTools tools)
    {
        if (tools.Functions.Length is 0 or > MostTools) return $"tools has {tools.Functions.Length} entries; 1 to {MostTools} are served.";
        if (tools.Length > LongestTools) return $"tools has {tools.Length} characters; at most {LongestTools} are served.";
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < tools.Functions.Length; i++)
        {
            var (name, _, parameters) = tools.Functions[i];
            if (!IsName(name)) return $"tools[{i}].function.name must have 1 to {LongestName} of the characters a-z, A-Z, 0-9, _ and -.";
            if (!names.Add(name)) return $"tools[{i}].function.name is '{name}', as another's is.";
            if (parameters is not null && !IsObject(parameters)) return $"tools[{i}].function.parameters of '{name}' must be a JSON schema, an object at most 64 deep.";
        }
        if (tools.Named is { } named) return names.Contains(named) ? null : "tool_choice names a function that isn't among the tools.";
        return tools.Choice is ChatTools.Auto or ChatTools.None or ChatTools.Required ? null : "tool_choice must be none, auto, required or a function of the tools.";
    }

    // open: the calls whose results haven't come. They come at once, or a template would show them in the wrong place.
    static string? Fault(ChatTurn[] messages)
    {
        var open = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < messages.Length; i++)
            if ((messages[i].Role == "tool" ? ResultFault(messages[i], open) : TurnFault(messages[i], open)) is { } fault) return $"messages[{i}]{fault}";
        return open.Count == 0 ? null : $"messages ends without the result of call {open.First()}.";
    }

    static string? ResultFault(ChatTurn result, HashSet<string> open)
    {
        if (result.ToolCalls is not null) return ".tool_calls belongs to messages of role assistant.";
        if (result.ToolCallId is not { } id) return ".tool_call_id is missing: it says whose result this is.";
        return open.Remove(id) ? null : ".tool_call_id names no call of the assistant's message before it, or one that has its result.";
    }

    static string? TurnFault(ChatTurn turn, HashSet<string> open)
    {
        if (open.Count > 0) return $" comes before the result of call {open.First()}: a message of role tool with its tool_call_id.";
        if (turn.ToolCallId is not null) return ".tool_call_id belongs to messages of role tool.";
        if (turn.ToolCalls is not { } calls) return null;
        if (turn.Role != "assistant") return ".tool_calls belongs to messages of role assistant.";
        if (calls.Length is 0 or > MostCalls) return $".tool_calls has {calls.Length} entries; 1 to {MostCalls} are served.";
        for (var i = 0; i < calls.Length; i++)
            if (CallFault(calls[i], open) is { } fault) return $".tool_calls[{i}]{fault}";
        return null;
    }

    static string? CallFault(ChatCall call, HashSet<string> open)
    {
        if (call.Id.Length is 0 or > LongestId) return $".id must have 1 to {LongestId} characters.";
        if (!open.Add(call.Id)) return ".id is another call's as well.";
        if (!IsName(call.Name)) return $".function.name must have 1 to {LongestName} of the characters a-z, A-Z, 0-9, _ and -.";
        if (call.Arguments.Length > LongestArguments) return $".function.arguments has {call.Arguments.Length} characters; at most {LongestArguments} are served.";
        return IsObject(call.Arguments) ? null : ".function.arguments must be a JSON object as text.";
    }

    static bool IsName(string name) => name.Length is >= 1 and <= LongestName && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    static bool IsObject(string json)
    {
        try
        {
            using var parsed = JsonDocument.Parse(json, Strict);
            return parsed.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // The second one: a name with half a character.
            return false;
        }
    }
}
