using System.Text.Json;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>Reads the body of <c>/v1/chat/completions</c>. What isn't served is refused by name, never ignored in silence.</summary>
sealed class ChatReader
{
    const int MostStops = 4, LongestStop = 256, LongestName = 256;

    // Sent by clients without effect on the answer.
    static readonly HashSet<string> Ignored = new(["user", "metadata", "store", "safety_identifier", "prompt_cache_key", "service_tier"], StringComparer.Ordinal);

    readonly int mostMessages;
    string model = "";
    ChatTurn[]? messages;
    uint? maxTokens;
    string[] stop = [];
    Sampling sampling = new();
    bool stream, includeUsage, logprobs;
    string? format, choice;
    ChatTool[]? tools;
    bool? parallel;
    int? topLogprobs;

    ChatReader(int mostMessages) => this.mostMessages = mostMessages;

    public static (ChatOrder? Order, ApiError? Error) Read(JsonElement body, string? idempotencyKey, LimitOptions limits)
    {
        if (body.ValueKind != JsonValueKind.Object) return (null, Invalid("The body must be a JSON object.", null));
        if (idempotencyKey is { Length: 0 or > 255 }) return (null, Invalid("Idempotency-Key must have 1 to 255 characters.", "Idempotency-Key"));
        var reader = new ChatReader(limits.Messages);
        foreach (var property in body.EnumerateObject())
            if (reader.Read(property) is { } fault) return (null, Invalid(fault, property.Name));
        if (reader.model.Length == 0) return (null, Invalid("model is missing.", "model"));
        if (reader.messages is null) return (null, Invalid("messages is missing.", "messages"));
        if (reader is { topLogprobs: not null, logprobs: false }) return (null, Invalid("top_logprobs needs logprobs to be true.", "top_logprobs"));
        var offered = reader.tools is { } functions ? new ChatTools(functions, reader.choice ?? ChatTools.Auto, reader.parallel ?? true) : null;
        if (reader.ToolFault(offered) is { } misused) return (null, Invalid(misused, string.Concat(misused.TakeWhile(c => char.IsAsciiLetterLower(c) || c == '_'))));
        if (reader.sampling.Fault() is { } wrong) return (null, Invalid(wrong, wrong[..wrong.IndexOf(' ', StringComparison.Ordinal)]));
        return (new(reader.model, reader.messages, reader.maxTokens, reader.stop, reader.sampling, reader.stream, reader.includeUsage, idempotencyKey,
            reader.format, reader.logprobs ? reader.topLogprobs ?? 0 : null, offered), null);
    }

    // Begins with the name of the parameter.
    string? ToolFault(ChatTools? offered) => this switch
    {
        { tools: null, choice: not null } => "tool_choice needs tools.",
        { tools: null, parallel: not null } => "parallel_tool_calls needs tools.",
        _ => ToolCheck.Fault(offered, messages!),
    };

    static ApiError Invalid(string message, string? param) => ApiError.Of(RelayFault.InvalidRequest, message, param);

    string? Read(JsonProperty property)
    {
        try
        {
            return Take(property.Name, property.Value);
        }
        catch (InvalidOperationException)
        {
            // An unpaired surrogate: it has no UTF-8, so customer and node couldn't commit to one text.
            return $"{property.Name} has text that isn't valid Unicode.";
        }
    }

    // What is wrong with the value, or null.
    string? Take(string name, JsonElement value) => value.ValueKind == JsonValueKind.Null ? null : name switch
    {
        "model" => Text(value, LongestName, name, text => model = text),
        "messages" => Messages(value),
        "max_tokens" or "max_completion_tokens" => Tokens(value, name),
        "temperature" => Number(value, name, number => sampling = sampling with { Temperature = number }),
        "top_p" => Number(value, name, number => sampling = sampling with { TopP = number }),
        "min_p" => Number(value, name, number => sampling = sampling with { MinP = number }),
        "top_k" => value.ValueKind == JsonValueKind.Number && value.TryGetUInt32(out var k) ? Do(() => sampling = sampling with { TopK = k }) : "top_k must be a whole number from 0.",
        "seed" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var seed) ? Do(() => sampling = sampling with { Seed = seed }) : "seed must be a whole number.",
        "frequency_penalty" => Number(value, name, number => sampling = sampling with { FrequencyPenalty = number }),
        "presence_penalty" => Number(value, name, number => sampling = sampling with { PresencePenalty = number }),
        "repetition_penalty" => Number(value, name, number => sampling = sampling with { RepetitionPenalty = number }),
        "stop" => Stops(value),
        "stream" => Flag(value, name, flag => stream = flag),
        "stream_options" => StreamOptions(value),
        "n" => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var n) && n == 1 ? null : "n must be 1: one answer is served for a request.",
        "tools" => ToolReader.Tools(value, out tools),
        "tool_choice" => ToolReader.Choice(value, out choice),
        "parallel_tool_calls" => Flag(value, name, flag => parallel = flag),
        "response_format" => ResponseFormat.Read(value, out format),
        "modalities" => value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 1 && value[0].ValueKind == JsonValueKind.String && value[0].ValueEquals("text") ? null : "modalities is served as text only.",
        "logprobs" => Flag(value, name, flag => logprobs = flag),
        "top_logprobs" => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var top) && top is >= 0 and <= TokenLikelihood.MostTop
            ? Do(() => topLogprobs = top) : $"top_logprobs must be a whole number from 0 to {TokenLikelihood.MostTop}.",
        _ when Ignored.Contains(name) => null,
        _ => $"{(name.Length <= 64 ? name : "A parameter")} isn't supported by this gateway.",
    };

    string? Messages(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() is 0) return "messages must be a list of one message or more.";
        if (value.GetArrayLength() > mostMessages) return $"messages has {value.GetArrayLength()} entries; at most {mostMessages} are served.";
        var turns = new List<ChatTurn>(value.GetArrayLength());
        foreach (var message in value.EnumerateArray())
        {
            var (turn, fault) = ChatMessage.Read(message);
            if (turn is null) return $"messages[{turns.Count}]{fault}";
            turns.Add(turn);
        }
        messages = [.. turns];
        return null;
    }

    string? Tokens(JsonElement value, string name)
    {
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetUInt32(out var tokens) || tokens == 0) return $"{name} must be a whole number from 1.";
        if (maxTokens is { } other && other != tokens) return "max_tokens and max_completion_tokens differ: name one of them.";
        maxTokens = tokens;
        return null;
    }

    string? Stops(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String) return Stop([value]);
        return value.ValueKind == JsonValueKind.Array && value.GetArrayLength() <= MostStops ? Stop([.. value.EnumerateArray()]) : $"stop must be a string or a list of at most {MostStops}.";
    }

    string? Stop(JsonElement[] values)
    {
        if (!values.All(value => value.ValueKind == JsonValueKind.String && value.GetString()!.Length is > 0 and <= LongestStop)) return $"Each stop must be a string of 1 to {LongestStop} characters.";
        stop = [.. values.Select(value => value.GetString()!)];
        return null;
    }

    string? StreamOptions(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object) return "stream_options must be an object.";
        foreach (var property in value.EnumerateObject())
            switch (property.Name)
            {
                case "include_usage" when Flag(property.Value, "stream_options.include_usage", flag => includeUsage = flag) is null: break;
                case "include_obfuscation" when property.Value.ValueKind == JsonValueKind.False: break;
                default: return "stream_options has include_usage alone, true or false.";
            }
        return null;
    }

    static string? Text(JsonElement value, int longest, string name, Action<string> set) =>
        value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text && text.Length <= longest
            ? Do(() => set(text))
            : $"{name} must be a string of 1 to {longest} characters.";

    static string? Number(JsonElement value, string name, Action<float> set) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetSingle(out var number) && float.IsFinite(number) ? Do(() => set(number)) : $"{name} must be a number.";

    static string? Flag(JsonElement value, string name, Action<bool> set) =>
        value.ValueKind is JsonValueKind.True or JsonValueKind.False ? Do(() => set(value.GetBoolean())) : $"{name} must be true or false.";

    static string? Do(Action set)
    {
        set();
        return null;
    }
}
