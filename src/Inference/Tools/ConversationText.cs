using System.Text.Json;
using System.Text.Json.Nodes;

namespace ProofMesh.Inference;

/// <summary>Conversations as a model's own template writes them, with functions and calls in the form that it knows. Safe for many threads.</summary>
internal sealed class ConversationText
{
    private readonly ChatTemplate _plain;
    private readonly ChatTemplate _calling;

    // Some folders have a template of their own for conversations with functions.
    private readonly bool _separate;

    private ConversationText(ChatTemplate plain, ChatTemplate? calling) =>
        (_plain, _calling, _separate, Form) = (plain, calling ?? plain, calling is not null, CallForm.Of((calling ?? plain).Source));

    /// <exception cref="ChatTemplateException">The folder has no template, or it can't be read.</exception>
    public static ConversationText Load(string folder) =>
        new(ChatTemplate.Load(folder), ChatTemplate.Has(folder, "tool_use") ? ChatTemplate.Load(folder, "tool_use") : null);

    public CallForm Form { get; }

    /// <exception cref="ChatTemplateException">The template refuses the conversation or fails on it.</exception>
    public string Render(IReadOnlyList<ChatMessage> messages, ToolUse? tools)
    {
        // What may not be called isn't shown.
        IReadOnlyList<Tool> shown = tools is null or { Choice: ToolChoice.None } ? [] : tools.Tools;
        if (shown.Count == 0 && !messages.Any(message => message.ToolCalls is not null || message.ToolCallId is not null))
            return _plain.Render(messages);
        try
        {
            if (!Form.Native)
                return _plain.Render(ShownTools.In(messages, shown));
            var variables = shown.Count > 0 || _separate ? new JsonObject { ["tools"] = new JsonArray([.. shown.Select(Function)]) } : null;
            return _calling.Render(new JsonArray([.. messages.Select(Message)]), variables: variables);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new ChatTemplateException($"A function or call can't be shown to the model: {fault.Message}", fault);
        }
    }

    private static JsonNode Message(ChatMessage message)
    {
        var shown = new JsonObject { ["role"] = message.Role, ["content"] = message.Content };
        if (message.ToolCalls is { } calls)
            shown["tool_calls"] = new JsonArray([.. calls.Select(Call)]);
        if (message.ToolCallId is { } id)
            shown["tool_call_id"] = id;
        return shown;
    }

    // Templates write arguments with tojson, so they get an object, not its text.
    private static JsonNode Call(ToolCall call) => new JsonObject
    {
        ["id"] = call.Id,
        ["type"] = "function",
        ["function"] = new JsonObject { ["name"] = call.Name, ["arguments"] = JsonNode.Parse(call.Arguments) },
    };

    internal static JsonNode Function(Tool tool)
    {
        var function = new JsonObject { ["name"] = tool.Name };
        if (tool.Description is { } description)
            function["description"] = description;
        function["parameters"] = JsonNode.Parse(tool.Parameters ?? """{"type":"object","properties":{}}""");
        return new JsonObject { ["type"] = "function", ["function"] = function };
    }
}
