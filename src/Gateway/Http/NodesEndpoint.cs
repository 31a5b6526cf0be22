using System.Net.WebSockets;

namespace ProofMesh.Gateway;

/// <summary>GET /v1/nodes, upgraded to a WebSocket: a node dials in.</summary>
static class NodesEndpoint
{
    static readonly WebSocketAcceptContext Accept = new() { KeepAliveInterval = TimeSpan.FromSeconds(10), KeepAliveTimeout = TimeSpan.FromSeconds(20) };

    public static async Task AdmitAsync(HttpContext http, NodeDoor door, Draining draining)
    {
        if (!http.WebSockets.IsWebSocketRequest)
        {
            await Errors.WriteAsync(http.Response, ApiError.Of(RelayFault.InvalidRequest, "Nodes connect here by WebSocket."), http.RequestAborted);
            return;
        }
        using var socket = await http.WebSockets.AcceptWebSocketAsync(Accept);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, draining.Drained);
        try
        {
            await door.AdmitAsync(socket, stop.Token);
        }
        catch (Exception fault) when (fault is OperationCanceledException or WebSocketException or IOException)
        {
            // It left in the middle of the handshake.
        }
    }
}
