using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ProofMesh.Gateway;

/// <summary>Bodies of requests: hostile until read.</summary>
static class Body
{
    // As deep as a schema may be, with what frames it.
    static readonly JsonDocumentOptions Strict = new() { MaxDepth = 72, AllowDuplicateProperties = false };

    public static async Task<(T? Body, IResult? Refusal)> ReadAsync<T>(HttpContext http, JsonTypeInfo<T> type, CancellationToken stop) where T : class
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(http.Request.Body, type, stop) is { } body ? (body, null) : (null, Errors.Result(RelayFault.InvalidRequest, "The body must be a JSON object."));
        }
        catch (JsonException fault)
        {
            return (null, Errors.Result(RelayFault.InvalidRequest, $"The body can't be read: {fault.Path} {(fault.InnerException ?? fault).GetType().Name}.", fault.Path));
        }
        catch (BadHttpRequestException fault)
        {
            return (null, Errors.Result(Fault(fault), "The body can't be read."));
        }
    }

    /// <summary>The body as JSON, or why not.</summary>
    public static async Task<(JsonDocument? Body, ApiError? Error)> ParseAsync(HttpRequest request, LimitOptions limits, CancellationToken stop)
    {
        try
        {
            return (await JsonDocument.ParseAsync(request.Body, Strict, stop), null);
        }
        catch (JsonException fault)
        {
            return (null, ApiError.Of(RelayFault.InvalidRequest, $"The body isn't JSON: line {fault.LineNumber}, byte {fault.BytePositionInLine}."));
        }
        catch (BadHttpRequestException fault)
        {
            return (null, ApiError.Of(Fault(fault), $"The body can't be read; at most {limits.BodyBytes} bytes are."));
        }
    }

    static RelayFault Fault(BadHttpRequestException fault) =>
        fault.StatusCode == StatusCodes.Status413PayloadTooLarge ? RelayFault.BodyTooLarge : RelayFault.InvalidRequest;
}
