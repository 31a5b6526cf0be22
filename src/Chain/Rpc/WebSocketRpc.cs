using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;

namespace ProofMesh.Chain;

/// <summary>JSON-RPC over one WebSocket, with subscriptions that survive its loss.</summary>
/// <remarks>A call while the socket is down opens it again; calls that were waiting when it went down fail, because nobody knows whether they were heard.</remarks>
public sealed class WebSocketRpc(Uri url, RpcOptions? options = null) : RpcClient(options)
{
    /// <summary>What may wait for the reader of a subscription before it is given up.</summary>
    const int MaxWaiting = 10_000;
    static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    readonly SemaphoreSlim opening = new(1, 1);
    readonly CancellationTokenSource disposing = new();
    WebSocketConnection? connection;

    /// <summary>Each new head of the chain; after a loss of the connection the newest one comes first, and heads between are skipped.</summary>
    /// <exception cref="TransportException">The first connection fails, or the reader falls too far behind.</exception>
    public async IAsyncEnumerable<Block> SubscribeNewHeadsAsync([EnumeratorCancellation] CancellationToken stop = default)
    {
        for (var first = true; ; first = false)
        {
            await using var feed = await OpenFeedAsync(new("eth_subscribe", "newHeads"), first, stop);
            if (!first && await NewestAsync(stop) is { } newest) yield return newest;
            await foreach (var head in feed.ReadAllAsync(stop)) yield return Block.Read(head);
        }
    }

    /// <summary>Each log that the filter's addresses and topics let through, from now on; what was missed while the connection was down is fetched.</summary>
    /// <remarks>Logs that a reorganisation took away come again with <see cref="Log.Removed"/>, unless it happened while the connection was down.</remarks>
    /// <exception cref="TransportException">The first connection fails, or the reader falls too far behind.</exception>
    public async IAsyncEnumerable<Log> SubscribeLogsAsync(LogFilter filter, [EnumeratorCancellation] CancellationToken stop = default)
    {
        filter = filter with { FromBlock = null, ToBlock = null, BlockHash = null };
        var seen = new LogCursor();
        for (var first = true; ; first = false)
        {
            await using var feed = await OpenFeedAsync(new("eth_subscribe", "logs", filter.ToJson()), first, stop);
            foreach (var missed in await MissedAsync(filter, seen, first, stop))
                if (seen.Accepts(missed)) yield return missed;
            await foreach (var json in feed.ReadAllAsync(stop))
                if (Log.Read(json) is var log && seen.Accepts(log)) yield return log;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await disposing.CancelAsync();
        if (connection is not null) await connection.DisposeAsync();
    }

    protected override async Task<RpcAnswer[]> ExchangeAsync(ReadOnlyMemory<byte> request, long firstId, int count, CancellationToken stop)
    {
        var open = await ConnectAsync(stop);
        return Match(await open.ExchangeAsync(request, firstId, count, null, stop), firstId, count);
    }

    async Task<WebSocketConnection> ConnectAsync(CancellationToken stop)
    {
        ObjectDisposedException.ThrowIf(disposing.IsCancellationRequested, this);
        if (connection is { IsOpen: true } open) return open;
        await opening.WaitAsync(stop);
        try
        {
            if (connection is { IsOpen: true } meanwhile) return meanwhile;
            if (connection is not null) await connection.DisposeAsync();
            return connection = await WebSocketConnection.OpenAsync(url, Options, stop);
        }
        finally
        {
            opening.Release();
        }
    }

    // The first attempt fails loudly, as for a wrong address; later ones go on until the caller stops.
    async Task<WebSocketFeed> OpenFeedAsync(RpcCall subscribe, bool first, CancellationToken stop)
    {
        for (var pause = TimeSpan.FromMilliseconds(100); ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                return await SubscribeAsync(subscribe, stop);
            }
            catch (TransportException) when (!first)
            {
                await Task.Delay(pause, stop);
            }
        }
    }

    async Task<WebSocketFeed> SubscribeAsync(RpcCall subscribe, CancellationToken stop)
    {
        var open = await ConnectAsync(stop);
        var channel = Channel.CreateBounded<JsonElement>(MaxWaiting);
        var id = NextId();
        // Registered by the reader of the socket itself: a notification may follow the answer at once.
        var answer = await open.ExchangeAsync(Request(writer => subscribe.Write(writer, id)), id, 1, message => open.Register(message, channel.Writer), stop);
        var subscription = Match(answer, id, 1)[0].Result;
        return new(channel, () => UnsubscribeAsync(open, subscription));
    }

    // A courtesy to the node: here the feed is closed already.
    async Task UnsubscribeAsync(WebSocketConnection open, JsonElement subscription)
    {
        if (!open.IsOpen) return;
        try
        {
            var id = NextId();
            await open.ExchangeAsync(Request(writer => new RpcCall("eth_unsubscribe", subscription.GetString()).Write(writer, id)), id, 1, null, disposing.Token);
        }
        catch (Exception failed) when (failed is ChainException or OperationCanceledException)
        {
            // The connection went down, and the subscription with it.
        }
    }

    async Task<Block?> NewestAsync(CancellationToken stop)
    {
        try
        {
            return await new Eth(this).GetBlockByNumberAsync(BlockParameter.Latest, stop);
        }
        catch (TransportException)
        {
            return null;
        }
    }

    async Task<Log[]> MissedAsync(LogFilter filter, LogCursor seen, bool first, CancellationToken stop)
    {
        var eth = new Eth(this);
        try
        {
            if (!first) return await eth.GetLogsAsync(filter with { FromBlock = seen.Block, ToBlock = BlockParameter.Latest }, stop);
            seen.StartAfter(await eth.GetBlockNumberAsync(stop));
        }
        catch (TransportException)
        {
            // Lost again: the feed ends at once, and the next round asks from the same block.
        }
        return [];
    }
}

/// <summary>What one subscription on one connection delivers.</summary>
sealed class WebSocketFeed(Channel<JsonElement> channel, Func<Task> unsubscribe) : IAsyncDisposable
{
    public IAsyncEnumerable<JsonElement> ReadAllAsync(CancellationToken stop) => channel.Reader.ReadAllAsync(stop);

    public async ValueTask DisposeAsync()
    {
        channel.Writer.TryComplete();
        await unsubscribe();
    }
}
