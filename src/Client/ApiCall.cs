using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ProofMesh.Client;

/// <summary>One way to call the gateway: JSON out, JSON in, errors as exceptions.</summary>
sealed class ApiCall(HttpClient http)
{
    const int MostErrorBytes = 64 * 1024;

    public string? Token { get; set; }

    public Uri Gateway => http.BaseAddress!;

    public async Task<TOut> Send<TOut>(HttpMethod method, string path, HttpContent? body, JsonTypeInfo<TOut> type, CancellationToken stop)
    {
        using var reply = await Send(method, path, body, stop);
        await using var stream = await reply.Content.ReadAsStreamAsync(stop);
        return await JsonSerializer.DeserializeAsync(stream, type, stop) ?? throw new UnavailableException($"{path} answered null.", "bad_answer", (int)reply.StatusCode, null);
    }

    /// <summary>Answers when the headers are there; the caller disposes.</summary>
    public async Task<HttpResponseMessage> Send(HttpMethod method, string path, HttpContent? body, CancellationToken stop, string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = body };
        if (Token is { } token) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (idempotencyKey is not null) request.Headers.Add("Idempotency-Key", idempotencyKey);
        HttpResponseMessage reply;
        try
        {
            reply = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
        }
        catch (HttpRequestException fault)
        {
            throw new UnavailableException($"{Gateway} can't be reached: {fault.Message}", "unreachable", 0, null, fault);
        }
        if (reply.IsSuccessStatusCode) return reply;
        using (reply) throw await Fault(reply, stop);
    }

    public static HttpContent Json<T>(T value, JsonTypeInfo<T> type)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(value, type));
        content.Headers.ContentType = new("application/json");
        return content;
    }

    static async Task<ProofMeshException> Fault(HttpResponseMessage reply, CancellationToken stop)
    {
        var bytes = await reply.Content.ReadAsByteArrayAsync(stop);
        ErrorView? error = null;
        try
        {
            if (bytes.Length <= MostErrorBytes) error = JsonSerializer.Deserialize(bytes, ClientJson.Default.ErrorBody)?.Error;
        }
        catch (JsonException)
        {
            // Not our gateway's error, a proxy's perhaps: the status speaks.
        }
        var status = (int)reply.StatusCode;
        return Of(status, error ?? new ErrorView($"The gateway answered {status} {reply.ReasonPhrase}.", "", "http_" + status, null), reply.Headers.RetryAfter?.Delta);
    }

    public static ProofMeshException Of(int status, ErrorView error, TimeSpan? retryAfter) => (HttpStatusCode)status switch
    {
        HttpStatusCode.PaymentRequired => new InsufficientFundsException(error.Message, error.Code ?? ""),
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new NotAuthorizedException(error.Message, error.Code ?? "", status),
        HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError => new UnavailableException(error.Message, error.Code ?? "", status, retryAfter),
        HttpStatusCode.OK => new AnswerBrokenException(error.Message, error.Code ?? ""),
        _ => new InvalidRequestException(error.Message, error.Code ?? "", status, error.Param),
    };
}
