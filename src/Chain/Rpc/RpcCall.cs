using System.Text.Json;
using System.Text.Json.Nodes;

namespace ProofMesh.Chain;

/// <summary>One JSON-RPC method with its parameters.</summary>
public sealed record RpcCall(string Method, params JsonNode?[] Parameters)
{
    internal void Write(Utf8JsonWriter writer, long id)
    {
        writer.WriteStartObject();
        writer.WriteString("jsonrpc", "2.0");
        writer.WriteNumber("id", id);
        writer.WriteString("method", Method);
        writer.WriteStartArray("params");
        foreach (var parameter in Parameters)
            if (parameter is null) writer.WriteNullValue();
            else parameter.WriteTo(writer);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}

/// <summary>What a node said to one call of a batch: a result or an error.</summary>
public readonly record struct RpcAnswer(JsonElement Element, ChainException? Error)
{
    /// <exception cref="ChainException">The call was answered with an error.</exception>
    public JsonElement Result => Error is null ? Element : throw Error;
}
