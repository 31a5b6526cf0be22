using System.Net.WebSockets;
using System.Text.Json;
using System.Threading.Channels;
using ProofMesh.Protocol;

namespace ProofMesh.Provider;

/// <summary>The node's connection to one gateway: dialled by the node, so that it works behind NAT, and dialled again when it ends.</summary>
sealed class GatewayLink(Uri gateway, Introduction introduction, Answer answers, OpenRequests open, LateVouchers late, LoadReport load, TimeProvider time)
{
    static readonly TimeSpan LoadInterval = TimeSpan.FromSeconds(1), HandshakeTimeout = TimeSpan.FromSeconds(10);

    /// <summary>One connection's life: 1 dial · 2 answer the challenge · 3 report load each second · 4 serve until it ends.</summary>
    public async Task Serve(CancellationToken stop)
    {
        using var socket = new ClientWebSocket();
        socket.Options.KeepAliveInterval = TimeSpan.FromSeconds(15);
        socket.Options.KeepAliveTimeout = TimeSpan.FromSeconds(15);
        using var handshake = CancellationTokenSource.CreateLinkedTokenSource(stop);
        handshake.CancelAfter(HandshakeTimeout);
        await socket.ConnectAsync(gateway, handshake.Token);
        var frames = new FrameSocket(socket);
        await Introduce(frames, handshake.Token);
        Log.Line("gateway_connected", ("gateway", gateway.GetLeftPart(UriPartial.Authority)));
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var running = new List<Task> { Turns.Run("load", LoadInterval, token => frames.Send(load.Now(), token).AsTask(), time, ended.Token) };
        try
        {
            while (await frames.Receive(stop) is { } frame) Take(frame, frames, running, ended.Token);
        }
        finally
        {
            await ended.CancelAsync();
            frames.Break();
            await Task.WhenAll(running);
            Log.Line("gateway_gone", ("gateway", gateway.GetLeftPart(UriPartial.Authority)));
        }
    }

    async Task Introduce(FrameSocket frames, CancellationToken stop)
    {
        if (await frames.Receive(stop) is not ChallengeFrame challenge) throw new InvalidDataException($"{gateway} didn't begin with a challenge.");
        if (introduction.Refuses(challenge) is { } reason) throw new InvalidDataException($"{gateway}: {reason}");
        await frames.Send(introduction.Answer(challenge.Challenge), stop);
        var reply = await frames.Receive(stop);
        if (reply is FaultFrame fault) throw new InvalidDataException($"{gateway} refuses this node: {fault.Fault}, {fault.Message}");
        if (reply is not WelcomeFrame) throw new InvalidDataException($"{gateway} didn't welcome this node.");
    }

    void Take(Frame frame, FrameSocket frames, List<Task> running, CancellationToken ended)
    {
        running.RemoveAll(task => task.IsCompletedSuccessfully);
        switch (frame)
        {
            case GenerateFrame ask: running.Add(answers.Serve(ask, frames.Send, ended)); break;
            case VoucherFrame voucher when open.Offer(voucher): break;
            case VoucherFrame voucher: running.Add(late.Take([voucher.Voucher], ended)); break;
            case VouchersFrame handed: running.Add(late.Take(handed.Vouchers, ended)); break;
            case CancelFrame cancel: open.Cancel(cancel.Id); break;
            case FaultFrame fault: Log.Line("gateway_fault", ("fault", fault.Fault), ("message", fault.Message)); break;
            default: Log.Line("frame_ignored", ("kind", frame.GetType().Name)); break;
        }
    }
}
