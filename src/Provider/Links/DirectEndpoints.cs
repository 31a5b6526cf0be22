using System.Text.Json;
using ProofMesh.Protocol;

namespace ProofMesh.Provider;

/// <summary>The same frames over HTTP, for customers who need no gateway.</summary>
static class DirectEndpoints
{
    /// <summary>
    /// GET /v1/hello?challenge=0x… → hello · POST /v1/generate, a generate frame → frames, one a line · POST /v1/frames, a voucher or cancel
    /// for a running request · GET /v1/load · GET /v1/batches/ROOT, the receipts of a statement for auditors · GET /health.
    /// </summary>
    public static void Map(WebApplication app, Introduction introduction, Answer answers, OpenRequests open, LoadReport load, NodeHealth health, BatchFolder batches)
    {
        app.MapGet("/health", () => health.Illness is { } illness ? Results.Text(illness, statusCode: StatusCodes.Status503ServiceUnavailable) : Results.Text("ok"));
        app.MapGet("/v1/batches/{root}", (string root) => Bytes32.TryParse(root, out var value) && batches.Find(value) is { } file
            ? Results.File(file, "application/octet-stream")
            : Results.NotFound());
        app.MapGet("/v1/load", () => Reply(load.Now()));
        app.MapGet("/v1/hello", (string? challenge) => Bytes32.TryParse(challenge, out var value)
            ? Reply(introduction.Answer(value))
            : Fault(NodeFault.BadFrame, "challenge: give 32 random bytes as 0x and 64 hexadecimal digits."));
        app.MapPost("/v1/frames", async (HttpContext http) => await (await Take(http, open)).ExecuteAsync(http));
        app.MapPost("/v1/generate", (HttpContext http) => Generate(http, answers));
    }

    static async Task Generate(HttpContext http, Answer answers)
    {
        var (frame, refusal) = await Read(http);
        if (refusal is null && frame is not GenerateFrame) refusal = Fault(NodeFault.BadFrame, "A generate frame is expected here.");
        if (refusal is not null)
        {
            await refusal.ExecuteAsync(http);
            return;
        }
        // Whoever comes by itself can't say what its wallet earned.
        await answers.Serve((GenerateFrame)frame! with { Priority = 0 }, (part, stop) => Write(http, part, stop), http.RequestAborted);
    }

    static async Task<IResult> Take(HttpContext http, OpenRequests open)
    {
        var (frame, refusal) = await Read(http);
        if (refusal is not null) return refusal;
        switch (frame)
        {
            case VoucherFrame voucher:
                return open.Offer(voucher) ? Results.Accepted() : Fault(NodeFault.BadFrame, "No such request waits for a voucher.");
            case CancelFrame cancel:
                open.Cancel(cancel.Id);
                return Results.Accepted();
            default:
                return Fault(NodeFault.BadFrame, "A voucher or cancel frame is expected here.");
        }
    }

    // The first frame decides the status; a fault that comes first is an ordinary HTTP error.
    static async ValueTask Write(HttpContext http, Frame frame, CancellationToken stop)
    {
        if (!http.Response.HasStarted)
        {
            http.Response.StatusCode = frame is FaultFrame fault ? StatusOf(fault.Fault) : StatusCodes.Status200OK;
            http.Response.ContentType = "application/x-ndjson";
        }
        try
        {
            await http.Response.Body.WriteAsync(Wire.Encode(frame), stop);
            await http.Response.Body.WriteAsync("\n"u8.ToArray(), stop);
            await http.Response.Body.FlushAsync(stop);
        }
        catch (Exception fault) when (fault is IOException or ObjectDisposedException || http.RequestAborted.IsCancellationRequested)
        {
            throw new LinkGoneException(fault.Message);
        }
    }

    static async Task<(Frame?, IResult?)> Read(HttpContext http)
    {
        if (http.Request.ContentLength > Wire.MaxFrameBytes) return (null, Fault(NodeFault.BadFrame, $"A frame has at most {Wire.MaxFrameBytes} bytes."));
        try
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body, http.RequestAborted);
            return (Wire.Decode(body.GetBuffer().AsSpan(0, (int)body.Length)), null);
        }
        catch (Exception fault) when (fault is JsonException or BadHttpRequestException)
        {
            return (null, Fault(NodeFault.BadFrame, fault.Message));
        }
    }

    static IResult Reply(Frame frame, int status = StatusCodes.Status200OK) =>
        Results.Text(System.Text.Encoding.UTF8.GetString(Wire.Encode(frame)), "application/json", statusCode: status);

    static IResult Fault(NodeFault fault, string message) => Reply(new FaultFrame(null, fault, message), StatusOf(fault));

    static int StatusOf(NodeFault fault) => fault switch
    {
        NodeFault.PaymentRequired or NodeFault.VoucherTimeout => StatusCodes.Status402PaymentRequired,
        NodeFault.BadGrant or NodeFault.BadVoucher or NodeFault.BadSignature or NodeFault.NotStaked => StatusCodes.Status403Forbidden,
        NodeFault.UnknownModel => StatusCodes.Status404NotFound,
        NodeFault.Replayed or NodeFault.StaleQuote => StatusCodes.Status409Conflict,
        NodeFault.Overloaded or NodeFault.ShuttingDown => StatusCodes.Status503ServiceUnavailable,
        NodeFault.DeadlineExceeded => StatusCodes.Status504GatewayTimeout,
        NodeFault.EngineFailed => StatusCodes.Status500InternalServerError,
        _ => StatusCodes.Status400BadRequest,
    };
}
