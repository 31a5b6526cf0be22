using System.Buffers;
using System.Text;

namespace ProofMesh.Protocol;

public sealed record ChatTurn(string Role, string Content)
{
    // A chat template frames each message with a few special tokens and may bring a system prompt of its own.
    const uint TokensPerMessage = 32, TokensOfTemplate = 256;

    /// <summary>The most tokens that a prompt of these messages can have: each stands for a byte at least.</summary>
    public static uint TokensAtMost(ChatTurn[] messages) =>
        (uint)messages.Sum(turn => Encoding.UTF8.GetByteCount(turn.Content)) + (uint)messages.Length * TokensPerMessage + TokensOfTemplate;
}

/// <summary>What a customer asks, as it travels to the node.</summary>
/// <param name="ResponseFormat">What the answer must look like, as JSON text that docs/encodings.md describes; null: anything.</param>
public sealed record ChatRequest(string Model, ChatTurn[] Messages, uint MaxTokens, string[] Stop, string? ResponseFormat = null)
{
    /// <summary>The JSON of docs/encodings.md that the receipt's request hash covers: keys sorted, no white space.</summary>
    public byte[] Canonical()
    {
        var buffer = new ArrayBufferWriter<byte>();
        CanonicalJson.Write(buffer, this);
        return buffer.WrittenSpan.ToArray();
    }
}
