using System.Buffers;

namespace ProofMesh.Protocol;

public sealed record ChatTurn(string Role, string Content);

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
