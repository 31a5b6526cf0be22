using System.Net.WebSockets;
using ProofMesh.Chain;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>Lets nodes in that dial <c>/v1/nodes</c>, and keeps them in the picture while they are there.</summary>
/// <remarks>1 challenge · 2 hello · 3 what the chain says of the node · 4 refuse, or welcome · 5 hand over the vouchers that it may have missed · 6 heartbeats and answers until it leaves</remarks>
sealed class NodeDoor(Mesh mesh, ChainMirror mirror, Pairs pairs, Rail rail, GatewayOptions options, TimeProvider time, Draining draining, ILogger<NodeDoor> log)
{
    static readonly TimeSpan HelloLimit = TimeSpan.FromSeconds(10);

    public async Task AdmitAsync(WebSocket socket, CancellationToken stop)
    {
        var link = new NodeLink(socket);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(HelloLimit);
        var challenge = Bytes32.Random();
        await link.SendAsync(new ChallengeFrame(Wire.Version, challenge, rail.ChainId, rail.Settlement), limit.Token); // 1
        var first = await link.ReceiveAsync(limit.Token); // 2
        if (first is not HelloFrame hello)
        {
            await RefuseAsync(link, socket, new(NodeFault.BadFrame, "The first frame must be hello."), limit.Token);
            return;
        }
        var standing = await mirror.StandingAsync(hello.Node, limit.Token); // 3
        if (Refusal(hello, challenge, standing) is { } refusal) // 4
        {
            log.LogWarning("node {Node} refused: {Fault}: {Message}", hello.Node, refusal.Fault, refusal.Message);
            await RefuseAsync(link, socket, refusal, limit.Token);
            return;
        }
        await link.SendAsync(new WelcomeFrame(Wire.Version), limit.Token);
        await ServeAsync(new Node(hello, standing!, link, time.GetUtcNow()), stop); // 5, 6
    }

    Refusal? Refusal(HelloFrame hello, Bytes32 challenge, NodeStanding? standing)
    {
        if (draining.Begun) return new(NodeFault.ShuttingDown, "This gateway is shutting down.");
        if (mesh.Picture.Nodes.Count >= options.Limits.Nodes) return new(NodeFault.Overloaded, $"This gateway has {options.Limits.Nodes} nodes already.");
        return HelloCheck.Fault(hello, challenge, rail, standing, new TokenAmount((UInt128)options.MinimumStake), Now(), Ecdsa.Recover);
    }

    async Task ServeAsync(Node node, CancellationToken stop)
    {
        mesh.Join(node);
        log.LogInformation("node {Node} of {Provider} joined with {Models}", node.Key, node.Provider, node.Offers.Values.Select(offer => offer.Manifest.Name));
        using var left = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var handing = HandOverAsync(node, left.Token);
        try
        {
            await node.Link.RunAsync(frame => Heard(node, frame), stop);
        }
        finally
        {
            await left.CancelAsync();
            mesh.Leave(node);
            log.LogInformation("node {Node} left: {Reason}", node.Key, node.Link.Reason ?? "its connection ended");
            await handing;
        }
    }

    // A voucher that was signed while the node was away would else wait for its payer's next request at this node.
    async Task HandOverAsync(Node node, CancellationToken stop)
    {
        try
        {
            await foreach (var vouchers in pairs.UnsettledAsync(node.Key, stop))
                if (!await node.Link.SendAsync(new VouchersFrame(vouchers), stop)) return;
        }
        catch (Exception fault) when (fault is Npgsql.NpgsqlException or OperationCanceledException)
        {
            if (!stop.IsCancellationRequested) log.LogWarning(fault, "node {Node} wasn't given its vouchers", node.Key);
        }
    }

    // False ends the connection.
    bool Heard(Node node, Frame frame)
    {
        if (frame is not LoadFrame load)
        {
            node.Link.Close($"A {frame.GetType().Name} isn't expected from a node.");
            return false;
        }
        node.Beat(NodeLoad.Of(load, time.GetUtcNow()));
        if (load.Offers is not { } offers) return true;
        if (HelloCheck.Fault(offers, node.Key, rail, Now(), Ecdsa.Recover) is { } refusal)
        {
            node.Link.Close(refusal.Message);
            return false;
        }
        node.Offer(offers);
        mesh.Refresh();
        return true;
    }

    static async Task RefuseAsync(NodeLink link, WebSocket socket, Refusal refusal, CancellationToken stop)
    {
        await link.SendAsync(new FaultFrame(null, refusal.Fault, refusal.Message), stop);
        await socket.CloseOutputAsync(WebSocketCloseStatus.PolicyViolation, refusal.Fault.ToString(), stop);
    }

    ulong Now() => (ulong)time.GetUtcNow().ToUnixTimeSeconds();
}
