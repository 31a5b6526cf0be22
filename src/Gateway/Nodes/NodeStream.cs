using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>The frames of one request on a node's connection.</summary>
/// <remarks>
/// Bounded by the credit window, not by the reader: a node waits for a voucher after 64 tokens, and the voucher is signed
/// only when the customer has read so far. A node that sends more than fits has left the protocol, and loses this stream alone.
/// </remarks>
sealed class NodeStream(NodeLink link, Bytes32 id) : IDisposable
{
    const int MostFrames = 4096, MostBytes = 2 * Wire.MaxFrameBytes;
    readonly Channel<(Frame Frame, int Bytes)> frames = Channel.CreateBounded<(Frame, int)>(new BoundedChannelOptions(MostFrames) { SingleReader = true });
    int waiting;

    public ValueTask<bool> SendAsync(Frame frame, CancellationToken stop) => link.SendAsync(frame, stop);

    /// <summary>False when no more frames will come.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken stop) => frames.Reader.WaitToReadAsync(stop);

    public bool TryRead([NotNullWhen(true)] out Frame? frame)
    {
        var read = frames.Reader.TryRead(out var item);
        frame = item.Frame;
        if (read) Interlocked.Add(ref waiting, -item.Bytes);
        return read;
    }

    public void Push(Frame frame, int bytes)
    {
        if (Interlocked.Add(ref waiting, bytes) > MostBytes || !frames.Writer.TryWrite((frame, bytes))) End();
    }

    public void End() => frames.Writer.TryComplete();

    public void Dispose()
    {
        link.Forget(id);
        End();
    }
}
