using System.Text.Json;
using System.Text.Json.Serialization;

namespace ProofMesh.Protocol;

/// <summary>Frames as JSON, with the limits that both sides keep.</summary>
public static class Wire
{
    public const int Version = 1;

    /// <summary>Largest frame in bytes; a longer one ends the connection.</summary>
    public const int MaxFrameBytes = 4 << 20;

    /// <summary>Tokens that a node serves past the last voucher, besides the prompt, before it waits for the next one.</summary>
    public const int CreditTokens = 64;

    public static byte[] Encode(Frame frame) => JsonSerializer.SerializeToUtf8Bytes(frame, WireJson.Default.Frame);

    /// <exception cref="JsonException">Not a frame; the message says where it goes wrong, never what it contains.</exception>
    public static Frame Decode(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxFrameBytes) throw new JsonException($"A frame has at most {MaxFrameBytes} bytes, this one has {utf8.Length}.");
        try
        {
            return JsonSerializer.Deserialize(utf8, WireJson.Default.Frame) ?? throw new JsonException("A frame is a JSON object, not null.");
        }
        catch (NotSupportedException fault)
        {
            throw new JsonException("A frame names its kind in t.", fault);
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    AllowOutOfOrderMetadataProperties = true, MaxDepth = 16)]
[JsonSerializable(typeof(Frame))]
[JsonSerializable(typeof(SignedReceipt))]
[JsonSerializable(typeof(SignedStatement))]
[JsonSerializable(typeof(SignedVoucher))]
[JsonSerializable(typeof(SignedGrant))]
[JsonSerializable(typeof(Rail))]
[JsonSerializable(typeof(ReceiptProof))]
[JsonSerializable(typeof(SettlementSubmission))]
[JsonSerializable(typeof(SettlementAnswer))]
[JsonSerializable(typeof(PublishedReceipt))]
[JsonSerializable(typeof(ModelManifest))]
public sealed partial class WireJson : JsonSerializerContext;
