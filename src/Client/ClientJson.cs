using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ProofMesh.Protocol;

namespace ProofMesh.Client;

sealed record ErrorView(string Message, string? Type, string? Code, string? Param);
sealed record ErrorBody(ErrorView? Error);
sealed record Nonce([property: JsonPropertyName("nonce")] string Value, string Domain, ulong ChainId);
sealed record Verify(string Message, Signature Signature);
sealed record Session(string Token, Address Wallet);
sealed record GrantOffer(JsonObject TypedData, TokenAmount Available, SignedGrant? Current);
sealed record GrantAnswer(SignedGrant Grant);
sealed record NewKey(string? Name, TokenAmount? Cap, DateTimeOffset? ExpiresAt);
sealed record Many<T>(T[]? Data);
sealed record Turn(string Role, string Content);
sealed record StreamOptions(bool IncludeUsage);
sealed record ChatBody(
    string Model, Turn[] Messages, uint MaxTokens, bool Stream, StreamOptions? StreamOptions, float? Temperature, float? TopP, float? MinP, uint? TopK,
    float? RepetitionPenalty, float? FrequencyPenalty, float? PresencePenalty, long? Seed, string[]? Stop);
sealed record Delta(string? Content);
sealed record Choice(Delta? Delta, string? FinishReason);
sealed record ChunkProof(Bytes32 RequestId, Address Node, Address Provider, string Scheme, TokenAmount Price, string Currency, SignedReceipt? Receipt);
sealed record StreamChunk(Choice[]? Choices, ChunkProof? Proofmesh, ErrorView? Error);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true, MaxDepth = 32)]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(Nonce))]
[JsonSerializable(typeof(Verify))]
[JsonSerializable(typeof(Session))]
[JsonSerializable(typeof(GrantOffer))]
[JsonSerializable(typeof(GrantAnswer))]
[JsonSerializable(typeof(NewKey))]
[JsonSerializable(typeof(ApiKey))]
[JsonSerializable(typeof(Many<ApiKey>))]
[JsonSerializable(typeof(AccountState))]
[JsonSerializable(typeof(PaidRequest))]
[JsonSerializable(typeof(Many<PaidRequest>))]
[JsonSerializable(typeof(ChatBody))]
[JsonSerializable(typeof(StreamChunk))]
[JsonSerializable(typeof(JsonObject))]
sealed partial class ClientJson : JsonSerializerContext;
