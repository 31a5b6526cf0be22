using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ProofMesh.Cli.Tests;

/// <summary>A web server that answers every request of a test with what the test says.</summary>
sealed class Site : IDisposable
{
    readonly HttpListener listener = new();
    readonly Task serving;

    public Site(Func<string, string> answer)
    {
        Url = $"http://127.0.0.1:{FreePort()}";
        listener.Prefixes.Add(Url + "/");
        listener.Start();
        serving = ServeAsync(answer);
    }

    public string Url { get; }

    public List<string> Paths { get; } = [];

    async Task ServeAsync(Func<string, string> answer)
    {
        try
        {
            while (true)
            {
                var call = await listener.GetContextAsync();
                Paths.Add(call.Request.RawUrl!);
                call.Response.ContentType = "application/json";
                await call.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(answer(call.Request.RawUrl!)));
                call.Response.Close();
            }
        }
        catch (Exception end) when (end is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    public void Dispose()
    {
        listener.Close();
        serving.Wait(TimeSpan.FromSeconds(5));
    }
}
