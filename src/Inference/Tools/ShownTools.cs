using System.Text;

namespace ProofMesh.Inference;

/// <summary>Functions, calls and results as plain messages, for models whose template has no place for them.</summary>
/// <remarks>Only the roles system, user and assistant, in the order that was there: some templates take no others.</remarks>
internal static class ShownTools
{
    public static IReadOnlyList<ChatMessage> In(IReadOnlyList<ChatMessage> messages, IReadOnlyList<Tool> tools)
    {
        var shown = new List<ChatMessage>();
        foreach (var message in messages)
        {
            if (message.Role != "tool")
                shown.Add(new ChatMessage(message.Role, WithCalls(message)));
            else if (shown is [.., { Role: "user" } last] && last.Content.EndsWith("</tool_response>", StringComparison.Ordinal))
                shown[^1] = new ChatMessage("user", $"{last.Content}\n{Result(message)}");
            else
                shown.Add(new ChatMessage("user", Result(message)));
        }
        if (tools.Count > 0)
            Introduce(shown, tools);
        return shown;
    }

    // In the first message, whoever speaks: not every template takes a system's.
    private static void Introduce(List<ChatMessage> shown, IReadOnlyList<Tool> tools)
    {
        if (shown is [{ Role: "system" or "user" } first, ..])
            shown[0] = new ChatMessage(first.Role, first.Role == "user" ? $"{Introduction(tools)}\n\n{first.Content}" : $"{first.Content}\n\n{Introduction(tools)}");
        else
            shown.Insert(0, new ChatMessage("system", Introduction(tools)));
    }

    private static string Introduction(IReadOnlyList<Tool> tools)
    {
        var text = new StringBuilder("Functions:");
        foreach (var tool in tools)
            text.Append('\n').Append(ConversationText.Function(tool)["function"]!.ToJsonString(Written));
        return text.Append("\nTo call one, answer:\n<tool_call>\n{\"name\": \"…\", \"arguments\": {…}}\n</tool_call>").ToString();
    }

    private static readonly System.Text.Json.JsonSerializerOptions Written = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string WithCalls(ChatMessage message) => string.Join('\n',
        (message.Content.Length > 0 ? [message.Content] : Array.Empty<string>()).Concat((message.ToolCalls ?? []).Select(Call)));

    private static string Call(ToolCall call) => $"<tool_call>\n{{\"name\": \"{call.Name}\", \"arguments\": {call.Arguments}}}\n</tool_call>";

    private static string Result(ChatMessage message) => $"<tool_response>\n{message.Content}\n</tool_response>";
}
