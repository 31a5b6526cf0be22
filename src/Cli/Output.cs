using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ProofMesh.Chain;
using ProofMesh.Client;

namespace ProofMesh.Cli;

/// <summary>How the command line speaks: sentences for people, JSON on request, errors in words on standard error.</summary>
static class Output
{
    public static async Task<int> Guard(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (OperationCanceledException)
        {
            return 130;
        }
        catch (Exception fault) when (fault is CommandException or ProofMeshException or ChainException or InvalidOperationException or HttpRequestException)
        {
            await Console.Error.WriteLineAsync(fault.Message);
            return 1;
        }
    }

    public static void Json<T>(T value, JsonTypeInfo<T> type) => Console.WriteLine(JsonSerializer.Serialize(value, type));
}
