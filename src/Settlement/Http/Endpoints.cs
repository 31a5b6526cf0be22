using System.Text.Json;
using System.Text.Json.Serialization;
using ProofMesh.Chain;
using ProofMesh.Protocol;

namespace ProofMesh.Settlement;

/// <summary>The service's HTTP interface: bind, call, answer.</summary>
sealed class Endpoints(Intake intake, Published published, Status status, Eth eth, Rail rail, Address account)
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    };

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/settlements", TakeAsync);
        app.MapGet("/v1/receipts/{id}/proof", ProofAsync);
        app.MapGet("/v1/batches", async (long? after, CancellationToken stop) =>
            Results.Json((await published.RootsAsync(after ?? 0, 1_000, stop)).Select(one => new { number = one.Number, root = one.Root }), Json));
        app.MapGet("/v1/batches/{root}", BatchAsync);
        app.MapGet("/v1/nodes/{node}", async (string node, CancellationToken stop) =>
            Address.TryParse(node, out var address) ? Results.Json(await status.NodeAsync(address, stop), Json) : Fault(400, "BadAddress", "A node is an address: 0x and 40 hexadecimal digits."));
        app.MapGet("/v1/status", async (CancellationToken stop) => Results.Json(new { account, chain_id = rail.ChainId, settlement = rail.Settlement, outbox = await status.OutboxAsync(stop) }, Json));
        app.MapGet("/v1/transactions", async (CancellationToken stop) => Results.Json(await status.BatchesAsync(100, stop), Json));
        app.MapGet("/v1/skipped", async (CancellationToken stop) => Results.Json(await status.SkippedAsync(1_000, stop), Json));
        app.MapGet("/health", HealthAsync);
    }

    async Task<IResult> TakeAsync(HttpRequest request, CancellationToken stop)
    {
        SettlementSubmission? submission;
        try
        {
            submission = await JsonSerializer.DeserializeAsync(request.Body, WireJson.Default.SettlementSubmission, stop);
        }
        catch (JsonException fault)
        {
            return Fault(400, "BadSubmission", $"The body isn't a submission: {fault.Path} {fault.GetType().Name}");
        }
        if (submission is null) return Fault(400, "BadSubmission", "The body isn't a submission.");
        try
        {
            var answer = await intake.TakeAsync(submission, stop);
            return Results.Json(answer, WireJson.Default.SettlementAnswer, statusCode: answer.Refused.Length == 0 ? 200 : 422);
        }
        catch (ChainException)
        {
            return Fault(503, "ChainUnreachable", "The chain can't be asked now; send it again later.");
        }
    }

    async Task<IResult> ProofAsync(string id, string? node, CancellationToken stop)
    {
        if (!Bytes32.TryParse(id, out var requestId)) return Fault(400, "BadRequestId", "A request id is 0x and 64 hexadecimal digits.");
        Address? wanted = Address.TryParse(node, out var address) ? address : null;
        if (node is not null && wanted is null) return Fault(400, "BadAddress", "A node is an address: 0x and 40 hexadecimal digits.");
        var receipt = await published.ReceiptAsync(requestId, wanted, stop);
        return receipt is null ? Fault(404, "UnknownReceipt", "No published receipt has this request id.") : Results.Json(receipt, WireJson.Default.PublishedReceipt);
    }

    async Task<IResult> BatchAsync(string root, CancellationToken stop)
    {
        if (!Bytes32.TryParse(root, out var hash)) return Fault(400, "BadRoot", "A root is 0x and 64 hexadecimal digits.");
        var content = await published.BatchAsync(hash, stop);
        return content is null ? Fault(404, "UnknownBatch", "No published batch has this root.") : Results.Bytes(content, "application/vnd.proofmesh.receipts+br");
    }

    async Task<IResult> HealthAsync(CancellationToken stop)
    {
        try
        {
            var head = await eth.GetBlockNumberAsync(stop);
            var outbox = await status.OutboxAsync(stop);
            return Results.Json(new { status = "ok", head, open_batches = outbox.OpenBatches }, Json);
        }
        catch (Exception fault) when (fault is ChainException or Npgsql.NpgsqlException)
        {
            return Results.Json(new { status = fault is ChainException ? "chain unreachable" : "database unreachable" }, Json, statusCode: 503);
        }
    }

    static IResult Fault(int code, string name, string message) => Results.Json(new { error = new { code = name, message } }, Json, statusCode: code);
}
