using System.Buffers;
using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using System.Threading.Channels;

namespace ProofMesh.Chain;

/// <summary>One socket from its opening to its loss: who waits for which answer, and which feed each subscription fills.</summary>
sealed class WebSocketConnection : IAsyncDisposable
{
    sealed record Waiting(long FirstId, int Count, TaskCompletionSource<JsonElement> Answer, Action<JsonElement>? OnAnswer);

    readonly ClientWebSocket socket = new();
    readonly SemaphoreSlim sending = new(1, 1);
    readonly ConcurrentDictionary<long, Waiting> waiting = new();
    readonly Dictionary<string, ChannelWriter<JsonElement>> feeds = new(StringComparer.Ordinal);
    readonly CancellationTokenSource closing = new();
    readonly Uri url;
    readonly RpcOptions options;
    Task reading = Task.CompletedTask;
    volatile bool lost;

    WebSocketConnection(Uri url, RpcOptions options) => (this.url, this.options) = (url, options);

    public bool IsOpen => socket.State == WebSocketState.Open && !lost;

    public static async Task<WebSocketConnection> OpenAsync(Uri url, RpcOptions options, CancellationToken stop)
    {
        var connection = new WebSocketConnection(url, options);
        foreach (var (name, value) in options.Headers) connection.socket.Options.SetRequestHeader(name, value);
        connection.socket.Options.KeepAliveInterval = TimeSpan.FromSeconds(15);
        connection.socket.Options.KeepAliveTimeout = TimeSpan.FromSeconds(15);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(options.Timeout);
        try
        {
            await connection.socket.ConnectAsync(url, limit.Token);
        }
        catch (Exception failed) when (failed is WebSocketException || (failed is OperationCanceledException && !stop.IsCancellationRequested))
        {
            connection.socket.Dispose();
            throw new TransportException($"{url.Authority} couldn't be reached: {failed.Message}", inner: failed);
        }
        connection.reading = connection.ReadAsync();
        return connection;
    }

    /// <summary>Sends a message and waits for the one that answers the ids firstId … firstId + count − 1.</summary>
    /// <param name="onAnswer">Runs before any later message is read.</param>
    public async Task<JsonElement> ExchangeAsync(ReadOnlyMemory<byte> request, long firstId, int count, Action<JsonElement>? onAnswer, CancellationToken stop)
    {
        var mine = new Waiting(firstId, count, new(TaskCreationOptions.RunContinuationsAsynchronously), onAnswer);
        for (var id = firstId; id < firstId + count; id++) waiting[id] = mine;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop, closing.Token);
        limit.CancelAfter(options.Timeout);
        try
        {
            await sending.WaitAsync(limit.Token);
            try
            {
                await socket.SendAsync(request, WebSocketMessageType.Text, endOfMessage: true, limit.Token);
            }
            finally
            {
                sending.Release();
            }
            // The reader may have ended before this was registered, and then nobody fails it.
            if (lost) throw Lost(null);
            return await mine.Answer.Task.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException late) when (!stop.IsCancellationRequested)
        {
            throw closing.IsCancellationRequested ? Lost(late) : new TransportException($"{url.Authority} didn't answer within {options.Timeout.TotalSeconds:0.#} s.", inner: late);
        }
        catch (Exception failed) when (failed is WebSocketException or InvalidOperationException)
        {
            throw Lost(failed);
        }
        finally
        {
            for (var id = firstId; id < firstId + count; id++) waiting.TryRemove(id, out _);
        }
    }

    /// <summary>Takes the id from the answer to eth_subscribe; only called by the reader, which owns the feeds.</summary>
    public void Register(JsonElement answer, ChannelWriter<JsonElement> feed)
    {
        if (answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("result", out var id) && id.ValueKind == JsonValueKind.String) feeds[id.GetString()!] = feed;
    }

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        socket.Abort();
        await reading;
        socket.Dispose();
    }

    async Task ReadAsync()
    {
        Exception? reason = null;
        try
        {
            var buffer = new ArrayBufferWriter<byte>(16 << 10);
            while (await ReceiveAsync(buffer)) Dispatch(RpcClient.Parse(buffer.WrittenSpan));
        }
        catch (Exception failed) when (failed is WebSocketException or OperationCanceledException or TransportException)
        {
            reason = failed;
        }
        lost = true;
        socket.Abort();
        foreach (var feed in feeds.Values) feed.TryComplete();
        foreach (var one in waiting.Values) one.Answer.TrySetException(Lost(reason));
    }

    /// <summary>One whole message, or false at the end.</summary>
    async Task<bool> ReceiveAsync(ArrayBufferWriter<byte> buffer)
    {
        buffer.ResetWrittenCount();
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.GetMemory(16 << 10), closing.Token);
            if (part.MessageType == WebSocketMessageType.Close) return false;
            buffer.Advance(part.Count);
            if (buffer.WrittenCount > options.MaxResponseBytes) throw new TransportException($"{url.Authority} sent more than {options.MaxResponseBytes} bytes at once.");
            if (part.EndOfMessage) return true;
        }
    }

    void Dispatch(JsonElement message)
    {
        if (message.ValueKind == JsonValueKind.Object && message.TryGetProperty("params", out var notice)) Notify(notice);
        else if ((message.ValueKind == JsonValueKind.Array ? message.EnumerateArray().Select(RpcClient.IdOf).FirstOrDefault() : RpcClient.IdOf(message)) is { } id && waiting.TryGetValue(id, out var one))
        {
            one.OnAnswer?.Invoke(message);
            one.Answer.TrySetResult(message);
        }
    }

    void Notify(JsonElement notice)
    {
        if (notice.AtOrNull("subscription") is not { ValueKind: JsonValueKind.String } id || notice.AtOrNull("result") is not { } result) return;
        if (!feeds.TryGetValue(id.GetString()!, out var feed) || feed.TryWrite(result)) return;
        // Closed by its reader, or full.
        feeds.Remove(id.GetString()!);
        feed.TryComplete(new TransportException("A subscription's reader fell too far behind."));
    }

    TransportException Lost(Exception? reason) => new($"The connection to {url.Authority} was lost{(reason is TransportException ? $": {reason.Message}" : ".")}", inner: reason);
}
