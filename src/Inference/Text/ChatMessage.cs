namespace ProofMesh.Inference;

/// <summary>One turn of a conversation.</summary>
/// <param name="Role">system, user, assistant or tool; the template decides which it takes.</param>
/// <param name="ToolCalls">What an assistant called.</param>
/// <param name="ToolCallId">Whose result a tool's message is.</param>
public sealed record ChatMessage(string Role, string Content, IReadOnlyList<ToolCall>? ToolCalls = null, string? ToolCallId = null);
