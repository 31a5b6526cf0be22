using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ProofMesh.Chain.Tests;

/// <summary>A node that answers every HTTP request with the same bytes, whatever they are.</summary>
sealed class HostileNode : IAsyncDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource stopping = new();
    readonly Task serving;

    public HostileNode(string body, string status = "200 OK", TimeSpan delay = default, long? announced = null)
    {
        listener.Start();
        var response = $"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {announced ?? Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}";
        serving = ServeAsync(Encoding.UTF8.GetBytes(response), delay);
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/secret-key";

    async Task ServeAsync(byte[] response, TimeSpan delay)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                using var client = await listener.AcceptTcpClientAsync(stopping.Token);
                var stream = client.GetStream();
                _ = await stream.ReadAsync(new byte[16 << 10], stopping.Token);
                await Task.Delay(delay, stopping.Token);
                await stream.WriteAsync(response, stopping.Token);
            }
            catch (Exception ended) when (ended is IOException or SocketException or OperationCanceledException)
            {
                // The client went away, or the test is over.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Stop();
        await serving;
    }
}
