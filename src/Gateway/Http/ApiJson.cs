using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace ProofMesh.Gateway;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    NumberHandling = JsonNumberHandling.Strict, MaxDepth = 16)]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(NonceView))]
[JsonSerializable(typeof(VerifyBody))]
[JsonSerializable(typeof(SessionView))]
[JsonSerializable(typeof(GrantView))]
[JsonSerializable(typeof(GrantBody))]
[JsonSerializable(typeof(KeyBody))]
[JsonSerializable(typeof(KeyView))]
[JsonSerializable(typeof(KeyView[]))]
[JsonSerializable(typeof(AccountView))]
[JsonSerializable(typeof(ReceiptView))]
[JsonSerializable(typeof(ListView<ReceiptView>))]
[JsonSerializable(typeof(ListView<KeyView>))]
[JsonSerializable(typeof(ListView<ModelView>))]
[JsonSerializable(typeof(HealthView))]
[JsonSerializable(typeof(JsonObject))]
sealed partial class ApiJson : JsonSerializerContext;

/// <summary>A list as OpenAI writes it.</summary>
sealed record ListView<T>(T[] Data)
{
    public string Object { get; } = "list";
}
