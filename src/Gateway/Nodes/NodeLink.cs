using System.Buffers;
using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using System.Threading.Channels;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>A node's WebSocket: frames in and out, many requests at once, told apart by their ids.</summary>
sealed class NodeLink(WebSocket socket)
{
    const int Outbox = 1024;
    static readonly TimeSpan WriteLimit = TimeSpan.FromSeconds(20);

    readonly Channel<Frame> outbox = Channel.CreateBounded<Frame>(new BoundedChannelOptions(Outbox) { SingleReader = true });
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

    /// <summary>False when the connection is over.</summary>
    public async ValueTask<bool> SendAsync(Frame frame, CancellationToken stop)
    {
        try
        {
            await outbox.Writer.WriteAsync(frame, stop);
            return true;
        }
        catch (ChannelClosedException)
        {
            return false;
        }
    }

    public void Close(string reason)
    {
        Reason ??= reason;
        outbox.Writer.TryComplete();
        closing.Cancel();
    }

    /// <summary>Writes what is sent, reads what comes and hands it over, until either side ends.</summary>
    /// <param name="other">Frames that belong to no request. False ends the connection.</param>
    public async Task RunAsync(Func<Frame, bool> other, CancellationToken stop)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stop, closing.Token);
        var writing = WriteAsync(both.Token);
        try
        {
            await ReadAsync(other, both.Token);
        }
        finally
        {
            ended = true;
            outbox.Writer.TryComplete();
            foreach (var stream in streams.Values) stream.End();
            await both.CancelAsync();
            await writing;
        }
    }

    /// <summary>The next frame, or null when the connection ended or what came was none.</summary>
    public async ValueTask<Frame?> ReceiveAsync(CancellationToken stop)
    {
        var buffer = new ArrayBufferWriter<byte>(8192);
        return await ReceiveAsync(buffer, stop);
    }

    /// <summary>Writes a frame at once; only before <see cref="RunAsync"/>.</summary>
    public ValueTask WriteAsync(Frame frame, CancellationToken stop) =>
        socket.SendAsync(Wire.Encode(frame).AsMemory(), WebSocketMessageType.Text, true, stop);

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
                if (buffer.WrittenCount > Wire.MaxFrameBytes) return Over($"A frame has more than {Wire.MaxFrameBytes} bytes.");
                if (part.EndOfMessage) return Wire.Decode(buffer.WrittenSpan);
            }
        }
        catch (JsonException fault)
        {
            return Over(fault.Message);
        }
        catch (Exception fault) when (fault is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            return null;
        }
    }

    Frame? Over(string reason)
    {
        Reason ??= reason;
        outbox.Writer.TryWrite(new FaultFrame(null, NodeFault.BadFrame, reason));
        return null;
    }

    async Task WriteAsync(CancellationToken stop)
    {
        try
        {
            while (await outbox.Reader.WaitToReadAsync(stop))
                while (outbox.Reader.TryRead(out var frame))
                {
                    using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
                    limit.CancelAfter(WriteLimit);
                    await WriteAsync(frame, limit.Token);
                }
        }
        catch (Exception fault) when (fault is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            Reason ??= stop.IsCancellationRequested ? null : "The node doesn't read.";
            outbox.Writer.TryComplete();
            socket.Abort();
        }
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
