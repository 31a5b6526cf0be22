using System.Text;
using System.Text.Json;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>Reads one message: its content is a string, or a list of text parts.</summary>
static class ChatMessage
{
    public static (ChatTurn? Turn, string? Fault) Read(JsonElement message)
    {
        if (message.ValueKind != JsonValueKind.Object) return (null, "a message must be an object.");
        string? role = null, content = null, fault = null;
        foreach (var property in message.EnumerateObject())
        {
            fault = property.Name switch
            {
                "role" => Role(property.Value, out role),
                "content" => Content(property.Value, out content),
                "name" => null,
                // What OpenAI's clients send along with an assistant's earlier turn.
                _ when property.Value.ValueKind == JsonValueKind.Null => null,
                _ => $"{(property.Name.Length <= 64 ? property.Name : "a property")} isn't supported by this gateway.",
            };
            if (fault is not null) return (null, fault);
        }
        if (role is null) return (null, "role is missing.");
        return content is null ? (null, "content is missing.") : (new(role, content), null);
    }

    static string? Role(JsonElement value, out string? role)
    {
        role = value.ValueKind != JsonValueKind.String ? null : value.GetString() switch
        {
            "system" or "developer" => "system",
            "user" => "user",
            "assistant" => "assistant",
            _ => null,
        };
        return role is null ? "role must be system, developer, user or assistant." : null;
    }

    static string? Content(JsonElement value, out string? content)
    {
        content = null;
        if (value.ValueKind == JsonValueKind.String) content = value.GetString();
        else if (value.ValueKind != JsonValueKind.Array) return "content must be a string or a list of text parts.";
        else content = Parts(value);
        return content is null ? "content has a part that isn't text." : null;
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
