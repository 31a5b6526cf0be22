using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ProofMesh.Chain;
using ProofMesh.Client;

namespace ProofMesh.Cli;

/// <summary>How the command line speaks: sentences for people, JSON on request, errors in words on standard error.</summary>
static class Output
{
    const int LongestExcerpt = 2_000;

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
        catch (Exception fault) when (fault is CommandException or ProofMeshException or ChainException or InvalidOperationException or HttpRequestException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(Plain(fault.Message.Length > LongestExcerpt ? fault.Message[..LongestExcerpt] + "…" : fault.Message));
            return 1;
        }
    }

    public static int Json<T>(T value, JsonTypeInfo<T> type)
    {
        Console.WriteLine(JsonSerializer.Serialize(value, type));
        return 0;
    }

    /// <summary>A name and its value, one below the other.</summary>
    public static int Lines(params IEnumerable<(string Name, string Value)> lines)
    {
        foreach (var (name, value) in lines) Console.WriteLine($"{name,-14}{Plain(value)}");
        return 0;
    }

    /// <summary>Text of strangers without the control characters that would steer the terminal.</summary>
    public static string Plain(string text) =>
        text.Any(Steers) ? string.Concat(text.Where(character => !Steers(character))) : text;

    static bool Steers(char character) => char.IsControl(character) && character is not ('\n' or '\t');
}
