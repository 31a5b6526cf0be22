using System.Buffers;
using System.Text;

namespace ProofMesh.Protocol;

/// <summary>One message of a conversation.</summary>
/// <param name="Content">Empty where an assistant called functions and said nothing.</param>
/// <param name="ToolCalls">What an assistant called; null: nothing.</param>
/// <param name="ToolCallId">Whose result a message of role tool is.</param>
public sealed record ChatTurn(string Role, string Content, ChatCall[]? ToolCalls = null, string? ToolCallId = null)
{
    // A chat template frames each message with a few special tokens and may bring a system prompt of its own.
    const uint TokensPerMessage = 32, TokensOfTemplate = 256;

    /// <summary>The most tokens that a prompt of these messages can have: each stands for a byte at least.</summary>
    public static uint TokensAtMost(ChatTurn[] messages, ChatTools? tools = null) =>
        (uint)messages.Sum(turn => turn.TokensAtMost()) + TokensOfTemplate + (tools?.TokensAtMost() ?? 0);

    uint TokensAtMost() => (uint)Encoding.UTF8.GetByteCount(Content) + TokensPerMessage + (uint)(ToolCalls ?? []).Sum(call => call.TokensAtMost());
}

/// <summary>What a customer asks, as it travels to the node.</summary>
/// <param name="ResponseFormat">What the answer must look like, as JSON text that docs/encodings.md describes; null: anything.</param>
/// <param name="Tools">What the answer may call; null: nothing.</param>
public sealed record ChatRequest(string Model, ChatTurn[] Messages, uint MaxTokens, string[] Stop, string? ResponseFormat = null, ChatTools? Tools = null)
{
    /// <summary>The most tokens that the prompt can have.</summary>
    public uint PromptTokensAtMost() => ChatTurn.TokensAtMost(Messages, Tools);

    /// <summary>The JSON of docs/encodings.md that the receipt's request hash covers: keys sorted, no white space.</summary>
    public byte[] Canonical()
    {
        var buffer = new ArrayBufferWriter<byte>();
        CanonicalJson.Write(buffer, this);
        return buffer.WrittenSpan.ToArray();
    }
}
