using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ProofMesh.Client;

/// <summary>One way to call the gateway: JSON out, JSON in, errors as exceptions.</summary>
sealed class ApiCall(HttpClient http)
{
    const int MostBytes = 8 << 20, MostErrorBytes = 64 * 1024;

    public string? Token { get; set; }

    public Uri Gateway => http.BaseAddress!;

    public async Task<TOut> Send<TOut>(HttpMethod method, string path, HttpContent? body, JsonTypeInfo<TOut> type, CancellationToken stop)
    {
        using var reply = await Send(method, path, body, stop);
        var status = (int)reply.StatusCode;
        try
        {
            await using var stream = await reply.Content.ReadAsStreamAsync(stop);
            var bytes = await Bounded.ReadAsync(stream, MostBytes, stop) ?? throw new UnavailableException($"{path} answered more than {MostBytes} bytes.", "bad_answer", status, null);
            return JsonSerializer.Deserialize(bytes, type) ?? throw new UnavailableException($"{path} answered null.", "bad_answer", status, null);
        }
        catch (JsonException fault)
        {
            throw new UnavailableException($"{path} answered what isn't its JSON: {fault.Message}", "bad_answer", status, null, fault);
        }
        catch (Exception fault) when (fault is IOException or HttpRequestException)
        {
            throw new UnavailableException($"The answer of {path} broke off: {fault.Message}", "broken_off", status, null, fault);
        }
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
        ErrorView? error = null;
        try
        {
            await using var stream = await reply.Content.ReadAsStreamAsync(stop);
            if (await Bounded.ReadAsync(stream, MostErrorBytes, stop) is { } bytes) error = JsonSerializer.Deserialize(bytes, ClientJson.Default.ErrorBody)?.Error;
        }
        catch (Exception fault) when (fault is JsonException or IOException or HttpRequestException)
        {
            // Not our gateway's error, a proxy's perhaps: the status speaks.
        }
        var status = (int)reply.StatusCode;
        return Of(status, error is { Message: not null } ? error : new ErrorView($"The gateway answered {status} {reply.ReasonPhrase}.", "", "http_" + status, null), reply.Headers.RetryAfter?.Delta);
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
