using System.Text;
using System.Text.Json;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>Reads one message: its content is a string, or a list of text parts; an assistant that called functions needs none.</summary>
static class ChatMessage
{
    public static (ChatTurn? Turn, string? Fault) Read(JsonElement message)
    {
        if (message.ValueKind != JsonValueKind.Object) return (null, " must be an object.");
        string? role = null, content = null, answers = null, fault = null;
        ChatCall[]? calls = null;
        foreach (var property in message.EnumerateObject())
        {
            fault = property.Name switch
            {
                "role" => Role(property.Value, out role),
                "name" => null,
                // What OpenAI's clients send along with an assistant's earlier turn.
                _ when property.Value.ValueKind == JsonValueKind.Null => null,
                "content" => Content(property.Value, out content),
                "tool_calls" => ToolReader.Calls(property.Value, out calls),
                "tool_call_id" => Id(property.Value, out answers),
                _ => $"{(property.Name.Length <= 64 ? $".{property.Name}" : " has a property that")} isn't supported by this gateway.",
            };
            if (fault is not null) return (null, fault);
        }
        if (role is null) return (null, ".role is missing.");
        if (content is null && calls is null) return (null, ".content is missing.");
        return (new(role, content ?? "", calls, answers), null);
    }

    static string? Role(JsonElement value, out string? role)
    {
        role = value.ValueKind != JsonValueKind.String ? null : value.GetString() switch
        {
            "system" or "developer" => "system",
            "user" => "user",
            "assistant" => "assistant",
            "tool" => "tool",
            _ => null,
        };
        return role is null ? ".role must be system, developer, user, assistant or tool." : null;
    }

    static string? Content(JsonElement value, out string? content)
    {
        content = null;
        if (value.ValueKind == JsonValueKind.String) content = value.GetString();
        else if (value.ValueKind != JsonValueKind.Array) return ".content must be a string or a list of text parts.";
        else content = Parts(value);
        return content is null ? ".content has a part that isn't text." : null;
    }

    static string? Id(JsonElement value, out string? id)
    {
        id = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return id is null ? ".tool_call_id must be a string." : null;
    }

    static string? Parts(JsonElement parts)
    {
        var text = new StringBuilder();
        foreach (var part in parts.EnumerateArray())
        {
            if (part.ValueKind != JsonValueKind.Object || !part.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String || !type.ValueEquals("text")) return null;
            if (!part.TryGetProperty("text", out var value) || value.ValueKind != JsonValueKind.String) return null;
            text.Append(value.GetString());
        }
        return text.ToString();
    }
}
