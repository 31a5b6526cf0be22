using Npgsql;

namespace ProofMesh.Gateway;

/// <param name="Status">ok, draining or no_database.</param>
/// <param name="BookFaults">What the books say about themselves that must never be.</param>
sealed record HealthView(string Status, int Nodes, int Running, string[] BookFaults);

/// <summary>Whether this replica should get requests.</summary>
sealed class Health(NpgsqlDataSource database, Mesh mesh, Draining draining, Books books)
{
    volatile string[] faults = [];

    /// <summary>Sums the books; the loop calls it.</summary>
    public async Task AuditAsync(CancellationToken stop) => faults = await books.FaultsAsync(stop);

    public async Task<IResult> LookAsync(CancellationToken stop)
    {
        var status = draining.Begun ? "draining" : await AnswersAsync(stop) ? "ok" : "no_database";
        var view = new HealthView(status, mesh.Picture.Nodes.Count, draining.Running, faults);
        return Results.Json(view, ApiJson.Default.HealthView, statusCode: string.Equals(status, "ok", StringComparison.Ordinal) ? 200 : 503);
    }

    async Task<bool> AnswersAsync(CancellationToken stop)
    {
        try
        {
            await using var connection = await database.OpenConnectionAsync(stop);
            await using var ping = new NpgsqlCommand("select 1", connection);
            await ping.ExecuteScalarAsync(stop);
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}
