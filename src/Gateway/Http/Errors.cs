using System.Text.Json;

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

    public static IResult Result(ApiError error) => Results.Json(new ErrorBody(error), ApiJson.Default.ErrorBody, statusCode: error.Status);

    public static IResult Result(RelayFault fault, string message, string? param = null) => Result(ApiError.Of(fault, message, param));
}
