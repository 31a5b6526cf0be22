using System.Text.Json;
using System.Text.Json.Serialization;

namespace ProofMesh.Protocol;

/// <summary>Writes a value as its text and refuses, with a sentence, what isn't one. Public, because other assemblies' source-generated serialisers name it.</summary>
public abstract class HexJson<T> : JsonConverter<T>
{
    protected abstract bool TryParse(string text, out T value);

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && TryParse(reader.GetString()!, out var value)
            ? value
            : throw new JsonException($"A JSON string that is a valid {typeof(T).Name} is expected.");

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value!.ToString());

    public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TryParse(reader.GetString()!, out var value) ? value : throw new JsonException($"A property name that is a valid {typeof(T).Name} is expected.");

    public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WritePropertyName(value!.ToString()!);
}
