using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>Chat completions as OpenAI's clients read them, with one field more: <c>proofmesh</c> at the end.</summary>
static class AnswerJson
{
    // The text goes into a JSON stream, never into a page: only what JSON demands is escaped.
    static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <param name="calling">The answer begins with a call, so perhaps no text comes.</param>
    public static void Role(IBufferWriter<byte> target, AnswerHead head, bool calling, bool usage) => Event(target, head, usage, writer =>
    {
        writer.WriteStartObject("delta");
        writer.WriteString("role", "assistant");
        writer.WriteString("content", calling ? null : "");
        writer.WriteEndObject();
        writer.WriteNull("finish_reason");
    });

    public static void Text(IBufferWriter<byte> target, AnswerHead head, string text, TokenLikelihood[]? logprobs, bool usage) => Event(target, head, usage, writer =>
    {
        writer.WriteStartObject("delta");
        writer.WriteString("content", text);
        writer.WriteEndObject();
        if (logprobs is not null) Likelihoods.Write(writer, logprobs);
        writer.WriteNull("finish_reason");
    });

    public static void Calls(IBufferWriter<byte> target, AnswerHead head, CallPart[] calls, bool usage) => Event(target, head, usage, writer =>
    {
        writer.WriteStartObject("delta");
        writer.WriteStartArray("tool_calls");
        foreach (var part in calls) Part(writer, part.Index, part.Name is null ? null : ChatCall.IdOf(head.Request, part.Index), part.Name, part.Arguments);
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteNull("finish_reason");
    });

    public static void Finish(IBufferWriter<byte> target, AnswerHead head, AnswerEnd end, bool usage) => Event(target, head, usage, writer =>
    {
        writer.WriteStartObject("delta");
        writer.WriteEndObject();
        writer.WriteString("finish_reason", end.FinishReason);
    }, end);

    public static void Usage(IBufferWriter<byte> target, AnswerHead head, AnswerEnd end)
    {
        target.Write("data: "u8);
        using (var writer = Begin(target, head, "chat.completion.chunk"))
        {
            writer.WriteStartArray("choices");
            writer.WriteEndArray();
            Usage(writer, end);
            writer.WriteEndObject();
        }
        target.Write("\n\n"u8);
    }

    public static void Whole(IBufferWriter<byte> target, AnswerHead head, AnswerEnd end, string text, ChatCall[] calls, IReadOnlyList<TokenLikelihood>? logprobs)
    {
        using var writer = Begin(target, head, "chat.completion");
        writer.WriteStartArray("choices");
        writer.WriteStartObject();
        writer.WriteNumber("index", 0);
        writer.WriteStartObject("message");
        writer.WriteString("role", "assistant");
        writer.WriteString("content", text.Length == 0 && calls.Length > 0 ? null : text);
        writer.WriteNull("refusal");
        if (calls.Length > 0)
        {
            writer.WriteStartArray("tool_calls");
            foreach (var call in calls) Part(writer, null, call.Id, call.Name, call.Arguments);
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
        Likelihoods.Write(writer, logprobs);
        writer.WriteString("finish_reason", end.FinishReason);
        writer.WriteEndObject();
        writer.WriteEndArray();
        Usage(writer, end);
        Proof(writer, head, end);
        writer.WriteEndObject();
    }

    public static void Error(IBufferWriter<byte> target, ApiError error)
    {
        target.Write("data: "u8);
        target.Write(JsonSerializer.SerializeToUtf8Bytes(new ErrorBody(error), ApiJson.Default.ErrorBody));
        target.Write("\n\n"u8);
    }

    // A whole call, or a part of one: only its first part says which function it calls.
    static void Part(Utf8JsonWriter writer, int? index, string? id, string? name, string arguments)
    {
        writer.WriteStartObject();
        if (index is { } at) writer.WriteNumber("index", at);
        if (id is not null)
        {
            writer.WriteString("id", id);
            writer.WriteString("type", "function");
        }
        writer.WriteStartObject("function");
        if (name is not null) writer.WriteString("name", name);
        writer.WriteString("arguments", arguments);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    static void Event(IBufferWriter<byte> target, AnswerHead head, bool usage, Action<Utf8JsonWriter> choice, AnswerEnd? end = null)
    {
        target.Write("data: "u8);
        using (var writer = Begin(target, head, "chat.completion.chunk"))
        {
            writer.WriteStartArray("choices");
            writer.WriteStartObject();
            writer.WriteNumber("index", 0);
            choice(writer);
            writer.WriteEndObject();
            writer.WriteEndArray();
            if (usage) writer.WriteNull("usage");
            if (end is not null) Proof(writer, head, end);
            writer.WriteEndObject();
        }
        target.Write("\n\n"u8);
    }

    static Utf8JsonWriter Begin(IBufferWriter<byte> target, AnswerHead head, string kind)
    {
        var writer = new Utf8JsonWriter(target, Options);
        writer.WriteStartObject();
        writer.WriteString("id", "chatcmpl-" + head.Request);
        writer.WriteString("object", kind);
        writer.WriteNumber("created", head.Created);
        writer.WriteString("model", head.Model);
        return writer;
    }

    static void Usage(Utf8JsonWriter writer, AnswerEnd end)
    {
        writer.WriteStartObject("usage");
        writer.WriteNumber("prompt_tokens", end.PromptTokens);
        writer.WriteNumber("completion_tokens", end.CompletionTokens);
        writer.WriteNumber("total_tokens", end.PromptTokens + end.CompletionTokens);
        writer.WriteStartObject("prompt_tokens_details");
        writer.WriteNumber("cached_tokens", end.CachedTokens);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    static void Proof(Utf8JsonWriter writer, AnswerHead head, AnswerEnd end)
    {
        writer.WriteStartObject("proofmesh");
        writer.WriteString("request_id", head.Request.ToString());
        writer.WriteString("node", head.Node.ToString());
        writer.WriteString("provider", head.Provider.ToString());
        writer.WriteString("scheme", head.Scheme);
        writer.WriteString("price", end.Price.ToString());
        writer.WriteString("price_in_tokens", end.Price.ToTokens(end.Decimals));
        writer.WriteString("currency", end.Currency);
        writer.WriteString("salt", end.Salt.ToString());
        writer.WriteString("client_nonce", end.ClientNonce.ToString());
        writer.WriteString("node_nonce", end.NodeNonce.ToString());
        writer.WritePropertyName("receipt");
        writer.Flush();
        JsonSerializer.Serialize(writer, end.Receipt, WireJson.Default.SignedReceipt);
        writer.WriteEndObject();
    }
}
