using System.Text;
using System.Text.Json;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>Probabilities of tokens as OpenAI's clients read them.</summary>
static class Likelihoods
{
    public static void Write(Utf8JsonWriter writer, IReadOnlyList<TokenLikelihood>? tokens)
    {
        if (tokens is null)
        {
            writer.WriteNull("logprobs");
            return;
        }
        writer.WriteStartObject("logprobs");
        writer.WriteStartArray("content");
        foreach (var token in tokens)
        {
            Begin(writer, token.Bytes, token.Logprob);
            writer.WriteStartArray("top_logprobs");
            foreach (var other in token.Top)
            {
                Begin(writer, other.Bytes, other.Logprob);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteNull("refusal");
        writer.WriteEndObject();
    }

    static void Begin(Utf8JsonWriter writer, string hex, double logprob)
    {
        var bytes = Hex.Decode(hex);
        writer.WriteStartObject();
        writer.WriteString("token", Encoding.UTF8.GetString(bytes));
        writer.WriteNumber("logprob", logprob);
        writer.WriteStartArray("bytes");
        foreach (var value in bytes) writer.WriteNumberValue(value);
        writer.WriteEndArray();
    }
}
