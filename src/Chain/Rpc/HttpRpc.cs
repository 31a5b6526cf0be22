using System.Net.Http.Headers;

namespace ProofMesh.Chain;

/// <summary>JSON-RPC over HTTP. Errors name the host alone, because the path of an RPC URL is often a secret.</summary>
public sealed class HttpRpc : RpcClient
{
    static readonly MediaTypeHeaderValue Json = new("application/json");

    readonly HttpClient http;
    readonly Uri url;

    public HttpRpc(Uri url, RpcOptions? options = null) : base(options)
    {
        this.url = url;
        http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), AllowAutoRedirect = false, UseCookies = false })
        {
            Timeout = Options.Timeout,
            MaxResponseContentBufferSize = Options.MaxResponseBytes,
        };
        foreach (var (name, value) in Options.Headers) http.DefaultRequestHeaders.Add(name, value);
    }

    protected override async Task<RpcAnswer[]> ExchangeAsync(ReadOnlyMemory<byte> request, long firstId, int count, CancellationToken stop)
    {
        try
        {
            using var content = new ReadOnlyMemoryContent(request) { Headers = { ContentType = Json } };
            using var response = await http.PostAsync(url, content, stop);
            var body = await response.Content.ReadAsByteArrayAsync(stop);
            // Nodes send JSON-RPC errors with 4xx and 5xx too; a body that isn't one leaves the status as the whole story.
            if (!response.IsSuccessStatusCode && (body.Length == 0 || body[0] is not ((byte)'{' or (byte)'['))) throw new TransportException($"{url.Authority} answered {(int)response.StatusCode}.", response.StatusCode);
            return Match(Parse(body), firstId, count);
        }
        catch (HttpRequestException failed)
        {
            throw new TransportException($"{url.Authority} couldn't be asked: {failed.Message}", failed.StatusCode, failed);
        }
        catch (OperationCanceledException late) when (!stop.IsCancellationRequested)
        {
            throw new TransportException($"{url.Authority} didn't answer within {Options.Timeout.TotalSeconds:0.#} s.", inner: late);
        }
    }

    public override ValueTask DisposeAsync()
    {
        http.Dispose();
        return ValueTask.CompletedTask;
    }
}
