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
    const int Capacity = 4096;
    readonly Channel<Frame> frames = Channel.CreateBounded<Frame>(new BoundedChannelOptions(Capacity) { SingleReader = true, SingleWriter = false });

    public ChannelReader<Frame> Frames => frames.Reader;

    public ValueTask<bool> SendAsync(Frame frame, CancellationToken stop) => link.SendAsync(frame, stop);

    public void Push(Frame frame)
    {
        if (!frames.Writer.TryWrite(frame)) frames.Writer.TryComplete();
    }

    /// <summary>No more frames will come.</summary>
    public void End() => frames.Writer.TryComplete();

    public void Dispose()
    {
        link.Forget(id);
        End();
    }
}
