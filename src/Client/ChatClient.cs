using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using ProofMesh.Protocol;

namespace ProofMesh.Client;

/// <summary>Asks models and reads their answers as they are written.</summary>
public sealed class ChatClient
{
    const int LongestLine = 4 << 20;
    readonly ApiCall api;

    internal ChatClient(ApiCall api) => this.api = api;

    /// <summary>One question of a user, with the defaults.</summary>
    public IAsyncEnumerable<ChatPiece> StreamAsync(string question, CancellationToken stop = default) =>
        StreamAsync(new ChatQuestion { Messages = [new("user", question)] }, stop);

    /// <summary>The answer piece by piece. The last piece carries the receipt.</summary>
    /// <exception cref="ProofMeshException">Refused, or broken off.</exception>
    public async IAsyncEnumerable<ChatPiece> StreamAsync(ChatQuestion question, [EnumeratorCancellation] CancellationToken stop = default)
    {
        using var body = ApiCall.Json(question.ToBody(), ClientJson.Default.ChatBody);
        using var reply = await api.Send(HttpMethod.Post, "/v1/chat/completions", body, stop, question.IdempotencyKey);
        await using var stream = await reply.Content.ReadAsStreamAsync(stop);
        await using var lines = Bounded.LinesAsync(stream, LongestLine, stop).GetAsyncEnumerator(stop);
        while (await Next(lines))
        {
            var line = lines.Current;
            if (!line.StartsWith("data: ", StringComparison.Ordinal)) continue;
            if (line == "data: [DONE]") yield break;
            if (Piece(line) is { } piece) yield return piece;
        }
        throw Broken(null);
    }

    static async ValueTask<bool> Next(IAsyncEnumerator<string> lines)
    {
        try
        {
            return await lines.MoveNextAsync();
        }
        catch (Exception fault) when (fault is IOException or HttpRequestException)
        {
            throw Broken(fault);
        }
    }

    static AnswerBrokenException Broken(Exception? fault) => new("The answer ended without its end mark; what it cost stands in the receipts.", "broken_off", fault);

    /// <summary>The whole answer.</summary>
    public Task<ChatAnswer> CompleteAsync(ChatQuestion question, CancellationToken stop = default) => ChatAnswer.ReadAsync(StreamAsync(question, stop));

    static ChatPiece? Piece(string line)
    {
        StreamChunk chunk;
        try
        {
            chunk = JsonSerializer.Deserialize(line.AsSpan(6), ClientJson.Default.StreamChunk) ?? throw new JsonException("it is null");
        }
        catch (JsonException fault)
        {
            throw new AnswerBrokenException($"A line of the answer isn't JSON: {fault.Message}", "bad_answer");
        }
        if (chunk.Error is { } error) throw ApiCall.Of(200, error, null);
        var choice = chunk.Choices is [var first, ..] ? first : null;
        var receipt = chunk.Proofmesh is { } proof ? new ChatReceipt(proof.RequestId, proof.Node, proof.Provider, proof.Scheme, proof.Price, proof.Currency, proof.Receipt) : null;
        return choice is null && receipt is null ? null : new ChatPiece(choice?.Delta?.Content ?? "", choice?.FinishReason, receipt);
    }
}

/// <summary>What to ask, and how the answer is to be chosen. Null leaves a value to the gateway's defaults.</summary>
public sealed record ChatQuestion
{
    /// <summary>A name of GET /v1/models; the default is the model that ships with ProofMesh.</summary>
    public string Model { get; init; } = "proofmesh-words";

    public required ChatTurn[] Messages { get; init; }

    public uint MaxTokens { get; init; } = 256;

    public float? Temperature { get; init; }

    public float? TopP { get; init; }

    public float? MinP { get; init; }

    public uint? TopK { get; init; }

    public float? RepetitionPenalty { get; init; }

    public float? FrequencyPenalty { get; init; }

    public float? PresencePenalty { get; init; }

    /// <summary>Equal questions with equal seeds get equal answers.</summary>
    public long? Seed { get; init; }

    public string[]? Stop { get; init; }

    /// <summary>Sending the same key again never buys the answer twice.</summary>
    public string? IdempotencyKey { get; init; }

    internal Sampling ToSampling()
    {
        var plain = new Sampling();
        return new Sampling(
            Temperature: Temperature ?? plain.Temperature, TopP: TopP ?? plain.TopP, MinP: MinP ?? plain.MinP, TopK: TopK ?? plain.TopK,
            RepetitionPenalty: RepetitionPenalty ?? plain.RepetitionPenalty, FrequencyPenalty: FrequencyPenalty ?? plain.FrequencyPenalty,
            PresencePenalty: PresencePenalty ?? plain.PresencePenalty, Seed: Seed);
    }

    internal ChatBody ToBody() => new(
        Model, [.. Messages.Select(turn => new Turn(turn.Role, turn.Content))], MaxTokens, Stream: true, new StreamOptions(IncludeUsage: true),
        Temperature, TopP, MinP, TopK, RepetitionPenalty, FrequencyPenalty, PresencePenalty, Seed, Stop);
}

/// <param name="FinishReason">stop or length; set on the last piece with text or none.</param>
public sealed record ChatPiece(string Text, string? FinishReason, ChatReceipt? Receipt);

public sealed record ChatAnswer(string Text, string? FinishReason, ChatReceipt? Receipt)
{
    /// <summary>Puts the pieces together.</summary>
    public static async Task<ChatAnswer> ReadAsync(IAsyncEnumerable<ChatPiece> pieces)
    {
        var text = new StringBuilder();
        ChatReceipt? receipt = null;
        string? reason = null;
        await foreach (var piece in pieces)
        {
            text.Append(piece.Text);
            (receipt, reason) = (piece.Receipt ?? receipt, piece.FinishReason ?? reason);
        }
        return new ChatAnswer(text.ToString(), reason, receipt);
    }
}

/// <summary>What an answer cost and who signed for it.</summary>
/// <param name="Scheme">The arithmetic that ran, such as cpu-f32.</param>
/// <param name="Price">Base units of <paramref name="Currency"/>.</param>
public sealed record ChatReceipt(Bytes32 RequestId, Address Node, Address Provider, string Scheme, TokenAmount Price, string Currency, SignedReceipt? Receipt);
