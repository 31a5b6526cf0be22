using ProofMesh.Inference;
using ProofMesh.Protocol;

namespace ProofMesh.Provider;

/// <summary>What a customer asks in the words of the engine.</summary>
static class Conversation
{
    public static ChatMessage[] Messages(ChatRequest chat) => [.. chat.Messages.Select(turn => new ChatMessage(
        turn.Role, turn.Content, turn.ToolCalls?.Select(call => new ToolCall(call.Id, call.Name, call.Arguments)).ToArray(), turn.ToolCallId))];

    public static ToolUse? Tools(ChatRequest chat) => chat.Tools is not { } tools ? null : new(
        [.. tools.Functions.Select(tool => new Tool(tool.Name, tool.Description, tool.Parameters))], Choice(tools.Choice), tools.Named, tools.Parallel);

    static ToolChoice Choice(string choice) => choice switch
    {
        ChatTools.Auto => ToolChoice.Auto,
        ChatTools.None => ToolChoice.None,
        _ => ToolChoice.Required,
    };
}
