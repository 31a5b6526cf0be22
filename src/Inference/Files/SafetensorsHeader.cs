using System.Text.Json;

namespace ProofMesh.Inference;

/// <summary>The JSON head of a safetensors file, checked whole before a byte of data is touched.</summary>
internal static class SafetensorsHeader
{
    public const int MaxBytes = 100_000_000;
    private const int MaxDimensions = 8;

    /// <returns>Entries in order of their place in the file, covering [0, dataBytes) without gap or overlap.</returns>
    public static List<TensorEntry> Parse(ReadOnlySpan<byte> json, long dataBytes, string file)
    {
        List<TensorEntry> entries;
        try
        {
            var reader = new Utf8JsonReader(json);
            entries = ReadEntries(ref reader, file);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or FormatException)
        {
            throw new CheckpointException($"{file}: the header is not valid JSON of a safetensors file ({fault.Message}).", fault);
        }
        entries.Sort((a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)));
        CheckCoverage(entries, dataBytes, file);
        return entries;
    }

    private static List<TensorEntry> ReadEntries(ref Utf8JsonReader reader, string file)
    {
        var entries = new List<TensorEntry>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("an object is expected");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (!names.Add(name))
                throw new CheckpointException($"{file}: tensor '{name}' appears twice.");
            if (name == "__metadata__")
                reader.Skip();
            else
                entries.Add(ReadEntry(ref reader, name, file));
        }
        return entries;
    }

    private static TensorEntry ReadEntry(ref Utf8JsonReader reader, string name, string file)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("dtype", out var typeName)
            || !root.TryGetProperty("shape", out var shapeJson)
            || !root.TryGetProperty("data_offsets", out var offsets)
            || offsets.GetArrayLength() != 2)
            throw new CheckpointException($"{file}: tensor '{name}' lacks dtype, shape or data_offsets.");
        var type = TensorTypes.Parse(typeName.GetString() ?? "")
            ?? throw new CheckpointException($"{file}: tensor '{name}' has the unsupported type {typeName}.");
        var entry = new TensorEntry(name, type, [.. shapeJson.EnumerateArray().Select(d => d.GetInt64())], offsets[0].GetInt64(), offsets[1].GetInt64());
        CheckSize(entry, file);
        return entry;
    }

    private static void CheckSize(TensorEntry entry, string file)
    {
        if (entry.Shape.Length > MaxDimensions)
            throw new CheckpointException($"{file}: tensor '{entry.Name}' has {entry.Shape.Length} dimensions.");
        UInt128 bytes = (UInt128)entry.Type.Bytes();
        foreach (var dimension in entry.Shape)
        {
            if (dimension < 0 || bytes > (UInt128)long.MaxValue)
                throw new CheckpointException($"{file}: tensor '{entry.Name}' has an impossible shape [{string.Join(", ", entry.Shape)}].");
            bytes *= (UInt128)dimension;
        }
        if (entry.Begin < 0 || entry.End < entry.Begin || bytes != (UInt128)(entry.End - entry.Begin))
            throw new CheckpointException(
                $"{file}: tensor '{entry.Name}' of shape [{string.Join(", ", entry.Shape)}] needs {bytes} bytes, but its range is [{entry.Begin}, {entry.End}).");
    }

    private static void CheckCoverage(List<TensorEntry> entries, long dataBytes, string file)
    {
        var position = 0L;
        foreach (var entry in entries)
        {
            if (entry.Begin != position)
                throw new CheckpointException(
                    $"{file}: tensor '{entry.Name}' begins at {entry.Begin} where {position} is expected ({(entry.Begin < position ? "overlap" : "hole")}).");
            position = entry.End;
        }
        if (position != dataBytes)
            throw new CheckpointException($"{file}: the header describes {position} bytes of data, the file has {dataBytes}.");
    }
}
