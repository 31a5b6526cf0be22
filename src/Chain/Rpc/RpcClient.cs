using System.Buffers;
using System.Text.Json;
using ProofMesh.Protocol;

namespace ProofMesh.Chain;

/// <summary>JSON-RPC 2.0 to one node, over HTTP or a WebSocket.</summary>
public abstract class RpcClient(RpcOptions? options) : IAsyncDisposable
{
    long lastId;

    protected RpcOptions Options { get; } = options ?? RpcOptions.Default;

    /// <exception cref="ChainException">The node refused, the contract reverted, or nothing usable came back.</exception>
    public async Task<JsonElement> SendAsync(RpcCall call, CancellationToken stop = default)
    {
        var id = NextId();
        return (await ExchangeAsync(Request(writer => call.Write(writer, id)), id, 1, stop))[0].Result;
    }

    /// <summary>Sends calls together; each has its own answer, in the order of the calls.</summary>
    /// <exception cref="TransportException">Nothing usable came back.</exception>
    public async Task<RpcAnswer[]> SendBatchAsync(IReadOnlyList<RpcCall> calls, CancellationToken stop = default)
    {
        var answers = new List<RpcAnswer>(calls.Count);
        foreach (var part in calls.Chunk(Options.MaxBatch))
        {
            var firstId = Interlocked.Add(ref lastId, part.Length) - part.Length + 1;
            answers.AddRange(await ExchangeAsync(Request(writer => WriteBatch(writer, part, firstId)), firstId, part.Length, stop));
        }
        return [.. answers];
    }

    public abstract ValueTask DisposeAsync();

    /// <summary>Sends one message and collects the answers to the ids firstId … firstId + count − 1.</summary>
    protected abstract Task<RpcAnswer[]> ExchangeAsync(ReadOnlyMemory<byte> request, long firstId, int count, CancellationToken stop);

    /// <summary>Puts a message's answers in order; a message that answers a batch as a whole with one error fails them all.</summary>
    protected static RpcAnswer[] Match(JsonElement message, long firstId, int count)
    {
        if (message.ValueKind == JsonValueKind.Object) message = count == 1 || !message.TryGetProperty("error", out _) ? message : throw ErrorOf(message);
        var answers = new RpcAnswer?[count];
        foreach (var answer in message.ValueKind == JsonValueKind.Array ? message.EnumerateArray().AsEnumerable() : [message])
            if (IdOf(answer) - firstId is { } index && index >= 0 && index < count) answers[index] = AnswerOf(answer);
        return Array.ConvertAll(answers, answer => answer ?? throw new TransportException("The node left a call unanswered."));
    }

    internal static long? IdOf(JsonElement message) =>
        message.ValueKind == JsonValueKind.Object && message.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.Number && id.TryGetInt64(out var number) ? number : null;

    internal static JsonElement Parse(ReadOnlySpan<byte> message)
    {
        try
        {
            return JsonElement.Parse(message);
        }
        catch (JsonException wrong)
        {
            throw new TransportException("The node's answer isn't JSON.", inner: wrong);
        }
    }

    static RpcAnswer AnswerOf(JsonElement answer) =>
        answer.TryGetProperty("error", out var error) && error.ValueKind != JsonValueKind.Null ? new(default, ErrorOf(answer))
        : answer.TryGetProperty("result", out var result) ? new(result, null)
        : new(default, new TransportException("The node's answer holds neither a result nor an error."));

    // Geth and anvil give revert data as a string and code 3; Hardhat puts it into an object.
    static ChainException ErrorOf(JsonElement answer)
    {
        var error = answer.GetProperty("error");
        if (error.ValueKind != JsonValueKind.Object) return new TransportException("The node's error isn't an object.");
        var code = error.TryGetProperty("code", out var c) && c.ValueKind == JsonValueKind.Number && c.TryGetInt32(out var number) ? number : 0;
        var message = error.TryGetProperty("message", out var m) && m.ValueKind == JsonValueKind.String ? m.GetString()! : "The node gave no reason.";
        message = message.Length <= 500 ? message : message[..500];
        error.TryGetProperty("data", out var data);
        if (data.ValueKind == JsonValueKind.Object) data.TryGetProperty("data", out data);
        if (data.ValueKind == JsonValueKind.String && data.GetString() is { } text && text.StartsWith("0x", StringComparison.Ordinal) && text.Length % 2 == 0 && !text.AsSpan(2).ContainsAnyExcept(HexDigits))
            return new RevertException(message, Hex.Decode(text));
        return code == 3 ? new RevertException(message, []) : new RpcException(code, message);
    }

    private protected long NextId() => Interlocked.Increment(ref lastId);

    static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    static void WriteBatch(Utf8JsonWriter writer, RpcCall[] calls, long firstId)
    {
        writer.WriteStartArray();
        for (var i = 0; i < calls.Length; i++) calls[i].Write(writer, firstId + i);
        writer.WriteEndArray();
    }

    private protected static ReadOnlyMemory<byte> Request(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer)) write(writer);
        return buffer.WrittenMemory;
    }
}
