using System.Net.WebSockets;
using ProofMesh.Protocol;

namespace ProofMesh.Provider;

/// <summary>Frames over one WebSocket: one text message each, bounded in size; sends wait for each other.</summary>
sealed class FrameSocket(WebSocket socket)
{
    readonly SemaphoreSlim sending = new(1);
    byte[] buffer = new byte[16 * 1024];
    volatile bool broken;

    /// <exception cref="LinkGoneException">The connection has ended.</exception>
    public async ValueTask Send(Frame frame, CancellationToken stop)
    {
        if (broken) throw new LinkGoneException("The connection has ended.");
        var bytes = Wire.Encode(frame);
        await sending.WaitAsync(stop);
        try
        {
            // A send that is cut short ends the socket, so a single request's stop must not reach it.
            await socket.SendAsync(bytes, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        }
        catch (Exception fault) when (fault is WebSocketException or ObjectDisposedException or InvalidOperationException or IOException)
        {
            broken = true;
            throw new LinkGoneException(fault.Message);
        }
        finally
        {
            sending.Release();
        }
    }

    /// <summary>The next frame; null when the other side closed.</summary>
    /// <exception cref="InvalidDataException">A message over the limit.</exception>
    /// <exception cref="System.Text.Json.JsonException">A message that is no frame.</exception>
    public async ValueTask<Frame?> Receive(CancellationToken stop)
    {
        var length = 0;
        while (true)
        {
            if (length == buffer.Length) Array.Resize(ref buffer, Math.Min(buffer.Length * 2, Wire.MaxFrameBytes + 1));
            var part = await socket.ReceiveAsync(buffer.AsMemory(length), stop);
            if (part.MessageType == WebSocketMessageType.Close) return null;
            length += part.Count;
            if (length > Wire.MaxFrameBytes) throw new InvalidDataException($"A frame has at most {Wire.MaxFrameBytes} bytes.");
            if (part.EndOfMessage) return Wire.Decode(buffer.AsSpan(0, length));
        }
    }

    /// <summary>Nothing is sent any more.</summary>
    public void Break()
    {
        broken = true;
        socket.Abort();
    }
}
