using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ProofMesh.Client.Tests;

/// <summary>A server that says, byte for byte, what it is told to.</summary>
sealed class HostileGateway : IDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource ended = new();
    readonly Func<string, string> answer;
    readonly Task serving;

    /// <param name="answer">From a request's head and body to the whole reply, after which the connection ends.</param>
    public HostileGateway(Func<string, string> answer)
    {
        this.answer = answer;
        listener.Start();
        serving = ServeAsync();
    }

    public Uri Url => new($"http://{listener.LocalEndpoint}");

    public List<string> Requests { get; } = [];

    public ProofMeshClient Client() => ProofMeshClient.WithKey(Url, "pm-test");

    public static string Reply(string body, string status = "200 OK", string head = "") =>
        $"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n{head}\r\n{body}";

    /// <summary>A reply whose connection ends before the length that it announced.</summary>
    public static string Cut(string body) => $"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {body.Length + 1_000}\r\n\r\n{body}";

    async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(ended.Token);
                await using var stream = client.GetStream();
                await AnswerAsync(stream);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    async Task AnswerAsync(NetworkStream stream)
    {
        try
        {
            var request = await ReadAsync(stream);
            Requests.Add(request);
            await stream.WriteAsync(Encoding.UTF8.GetBytes(answer(request)), ended.Token);
        }
        catch (IOException)
        {
            // The client had enough.
        }
    }

    async Task<string> ReadAsync(NetworkStream stream)
    {
        var text = new StringBuilder();
        var buffer = new byte[65_536];
        while (true)
        {
            var read = await stream.ReadAsync(buffer, ended.Token);
            if (read == 0) return text.ToString();
            text.Append(Encoding.UTF8.GetString(buffer, 0, read));
            var all = text.ToString();
            var head = all.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (head >= 0 && all.Length - head - 4 >= Length(all[..head])) return all;
        }
    }

    static int Length(string head) =>
        head.Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase)) is { } line ? int.Parse(line[16..]) : 0;

    public void Dispose()
    {
        ended.Cancel();
        serving.Wait(TimeSpan.FromSeconds(5));
        listener.Stop();
        ended.Dispose();
    }
}
