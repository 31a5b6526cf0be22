using System.Collections.Concurrent;
using System.Threading.Channels;
using ProofMesh.Protocol;

namespace ProofMesh.Provider;

/// <summary>The requests that run now, so that a voucher or a cancel finds its own.</summary>
sealed class OpenRequests
{
    readonly ConcurrentDictionary<Bytes32, OpenRequest> open = [];

    public int Count => open.Count;

    /// <summary>Null when a request with this id runs: a repeat must not take its place.</summary>
    public OpenRequest? TryAdd(Bytes32 id)
    {
        var request = new OpenRequest(id, () => open.TryRemove(id, out _));
        return open.TryAdd(id, request) ? request : null;
    }

    /// <summary>False when no such request runs: the frame came late or is a repeat, and changes nothing.</summary>
    public bool Offer(VoucherFrame frame) => open.TryGetValue(frame.Id, out var request) && request.Vouchers.Writer.TryWrite(frame.Voucher);

    public void Cancel(Bytes32 id)
    {
        if (open.TryGetValue(id, out var request)) request.Cancel();
    }
}

sealed class OpenRequest(Bytes32 id, Action close) : IDisposable
{
    readonly CancellationTokenSource cancelled = new();

    public Bytes32 Id => id;

    public CancellationToken Cancelled => cancelled.Token;

    // A sender that floods vouchers loses the oldest, never the node its memory.
    public Channel<SignedVoucher> Vouchers { get; } = Channel.CreateBounded<SignedVoucher>(
        new BoundedChannelOptions(8) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    /// <summary>May come while the request ends.</summary>
    public void Cancel()
    {
        try { cancelled.Cancel(); }
        catch (ObjectDisposedException) { return; }
    }

    public void Dispose()
    {
        close();
        cancelled.Dispose();
    }
}
