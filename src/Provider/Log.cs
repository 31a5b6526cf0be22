using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ProofMesh.Provider;

/// <summary>One line of JSON per event on standard output. Takes ids, numbers and names of faults; never a prompt, an answer or a key.</summary>
static class Log
{
    static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Line(string what, params (string Name, object? Value)[] facts)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            json.WriteString("at", DateTimeOffset.UtcNow);
            json.WriteString("event", what);
            foreach (var (name, value) in facts) json.WriteString(name, value?.ToString());
            json.WriteEndObject();
        }
        Console.Out.WriteLine(Encoding.UTF8.GetString(buffer.ToArray()));
    }
}
