using System.Text.Json;
using Npgsql;

namespace ProofMesh.Gateway;

static class Errors
{
    public static async ValueTask WriteAsync(HttpResponse response, ApiError error, CancellationToken stop)
    {
        if (response.HasStarted) return;
        response.StatusCode = error.Status;
        response.ContentType = "application/json; charset=utf-8";
        if (error.Status is 503) response.Headers.RetryAfter = "1";
        await response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(new ErrorBody(error), ApiJson.Default.ErrorBody), stop);
    }

    /// <summary>Nothing that fails inside shows more than that it failed.</summary>
    public static async Task CatchAsync(HttpContext http, RequestDelegate next)
    {
        try
        {
            await next(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The customer left.
        }
        catch (Exception fault) when (fault is NpgsqlException or BadHttpRequestException)
        {
            http.RequestServices.GetRequiredService<ILogger<ApiError>>().LogError(fault, "{Path} failed", http.Request.Path);
            var error = fault is BadHttpRequestException ? ApiError.Of(RelayFault.InvalidRequest, "A value of the request can't be read.") : ApiError.Of(RelayFault.BooksClosed, "The gateway's books can't be reached; try again in a moment.");
            await WriteAsync(http.Response, error, http.RequestAborted);
        }
    }

    public static IResult Result(ApiError error) => Results.Json(new ErrorBody(error), ApiJson.Default.ErrorBody, statusCode: error.Status);

    public static IResult Result(RelayFault fault, string message, string? param = null) => Result(ApiError.Of(fault, message, param));
}
