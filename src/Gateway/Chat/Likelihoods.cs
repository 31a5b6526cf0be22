using System.Text;
using System.Text.Json;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>Probabilities of tokens as OpenAI's clients read them.</summary>
static class Likelihoods
{
    public const int MostTop = 20;
    const int LongestToken = 2 + 2 * 1_024;

    /// <summary>Whether a node sent bytes that can't be a token's.</summary>
    public static bool Fault(TokenLikelihood token) => !IsToken(token.Bytes) || token.Top.Any(other => !IsToken(other.Bytes));

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

    static bool IsToken(string hex) => hex.Length is >= 2 and <= LongestToken && Hex.TryDecode(hex, new byte[(hex.Length - 2) / 2]);
}
