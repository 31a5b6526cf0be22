using System.Buffers;
using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>A node's WebSocket: frames in and out, many requests at once, told apart by their ids.</summary>
sealed class NodeLink(WebSocket socket)
{
    static readonly TimeSpan WriteLimit = TimeSpan.FromSeconds(20);

    readonly SemaphoreSlim writing = new(1);
    readonly ConcurrentDictionary<Bytes32, NodeStream> streams = new();
    readonly CancellationTokenSource closing = new();
    volatile bool ended;

    /// <summary>Why the link was ended from this side, for the log.</summary>
    public string? Reason { get; private set; }

    public NodeStream Open(Bytes32 id)
    {
        var stream = new NodeStream(this, id);
        if (!streams.TryAdd(id, stream)) throw new InvalidOperationException($"Request {id} is already running on this connection.");
        if (ended) stream.End();
        return stream;
    }

    public void Forget(Bytes32 id) => streams.TryRemove(id, out _);

    /// <summary>Returns when the frame is written, in the order of the calls. False when the connection is over.</summary>
    public async ValueTask<bool> SendAsync(Frame frame, CancellationToken stop)
    {
        var bytes = Wire.Encode(frame);
        await writing.WaitAsync(stop);
        // A write that is cut short ends the socket, so a single request's stop must not reach it.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(closing.Token);
        limit.CancelAfter(WriteLimit);
        try
        {
            if (ended) return false;
            await socket.SendAsync(bytes.AsMemory(), WebSocketMessageType.Text, true, limit.Token);
            return true;
        }
        catch (Exception fault) when (fault is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            Close("The node doesn't read.");
            return false;
        }
        finally
        {
            writing.Release();
        }
    }

    public void Close(string reason)
    {
        if (!ended) Reason ??= reason;
        closing.Cancel();
    }

    /// <summary>Reads what comes and hands it over, until either side ends.</summary>
    /// <param name="other">Frames that belong to no request. False ends the connection.</param>
    public async Task RunAsync(Func<Frame, bool> other, CancellationToken stop)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stop, closing.Token);
        try
        {
            await ReadAsync(other, both.Token);
        }
        finally
        {
            ended = true;
            foreach (var stream in streams.Values) stream.End();
            await closing.CancelAsync();
            socket.Abort();
        }
    }

    /// <summary>The next frame, or null when the connection ended or what came was none.</summary>
    public async ValueTask<Frame?> ReceiveAsync(CancellationToken stop)
    {
        var buffer = new ArrayBufferWriter<byte>(8192);
        return await ReceiveAsync(buffer, stop);
    }

    async Task ReadAsync(Func<Frame, bool> other, CancellationToken stop)
    {
        var buffer = new ArrayBufferWriter<byte>(8192);
        while (await ReceiveAsync(buffer, stop) is { } frame)
            if (IdOf(frame) is { } id)
            {
                if (streams.TryGetValue(id, out var stream)) stream.Push(frame, buffer.WrittenCount);
            }
            else if (!other(frame)) return;
    }

    async ValueTask<Frame?> ReceiveAsync(ArrayBufferWriter<byte> buffer, CancellationToken stop)
    {
        buffer.ResetWrittenCount();
        try
        {
            while (true)
            {
                var part = await socket.ReceiveAsync(buffer.GetMemory(8192), stop);
                if (part.MessageType == WebSocketMessageType.Close) return null;
                buffer.Advance(part.Count);
                if (buffer.WrittenCount > Wire.MaxFrameBytes) return await OverAsync($"A frame has more than {Wire.MaxFrameBytes} bytes.");
                if (part.EndOfMessage) return Wire.Decode(buffer.WrittenSpan);
            }
        }
        catch (JsonException fault)
        {
            return await OverAsync(fault.Message);
        }
        catch (Exception fault) when (fault is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            return null;
        }
    }

    async ValueTask<Frame?> OverAsync(string reason)
    {
        Reason ??= reason;
        await SendAsync(new FaultFrame(null, NodeFault.BadFrame, reason), closing.Token);
        return null;
    }

    static Bytes32? IdOf(Frame frame) => frame switch
    {
        ChunkFrame chunk => chunk.Id,
        NeedVoucherFrame need => need.Id,
        ReceiptFrame receipt => receipt.Id,
        FaultFrame fault => fault.Id,
        _ => null,
    };
}
