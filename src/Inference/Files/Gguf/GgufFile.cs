namespace ProofMesh.Inference;

/// <summary>A GGUF file: magic, version, named values, a table of tensors, data. The format of llama.cpp, versions 2 and 3.</summary>
internal static class GgufFile
{
    // Magic, version, two counts.
    private const int LeastBytes = 24;
    // A name's length, a number of dimensions, a type, an offset.
    private const int LeastEntryBytes = 24;

    public static bool Is(string path) => path.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase) && File.Exists(path);

    public static MappedFile Map(string path) => MappedFile.Open(path, LeastBytes, "GGUF");

    /// <summary>What the file says of itself.</summary>
    public static GgufMetadata Metadata(string path)
    {
        using var file = Map(path);
        return ReadHead(file).Metadata;
    }

    /// <summary>The tensors under the names that safetensors publishes them by; llama.cpp's own where there is none.</summary>
    public static IReadOnlyList<TensorView> Tensors(MappedFile file)
    {
        var (reader, metadata, count) = ReadHead(file);
        var entries = new List<TensorEntry>();
        for (var i = 0; i < count; i++)
            entries.Add(ReadEntry(reader, file, $"tensor {i}"));
        var alignment = metadata.Has("general.alignment") ? metadata.Integer("general.alignment") : 32;
        if (alignment is < 1 or > 1 << 20 || (alignment & (alignment - 1)) != 0)
            throw reader.Fault($"general.alignment is {alignment}; a power of two is expected.");
        var start = (reader.Position + alignment - 1) / alignment * alignment;
        CheckRanges(entries, file.Length - start, alignment, file);
        var head = metadata.OptionalText("general.architecture") == "llama" ? GgufConfig.HeadSize(metadata) : 0;
        return [.. entries.Select(e => View(file, e, start, head))];
    }

    private static (GgufReader Reader, GgufMetadata Metadata, int Tensors) ReadHead(MappedFile file)
    {
        var reader = new GgufReader(file);
        if (!reader.Bytes(4, "its magic").SequenceEqual("GGUF"u8))
            throw reader.Fault("it doesn't begin with GGUF.");
        var version = reader.UInt32("its version");
        if (version is not (2 or 3))
            throw reader.Fault($"version {version} is not supported; 2 and 3 are.");
        var tensors = reader.Count(LeastEntryBytes, "the number of tensors");
        var fields = reader.Count(GgufMetadata.LeastBytesEach, "the number of fields");
        return (reader, new GgufMetadata(reader, fields, file.Name), tensors);
    }

    private static TensorEntry ReadEntry(GgufReader reader, MappedFile file, string which)
    {
        var name = reader.Text($"the name of {which}");
        var dimensions = reader.UInt32($"the dimensions of '{name}'");
        if (dimensions is 0 or > 4)
            throw reader.Fault($"tensor '{name}' has {dimensions} dimensions; 1 to 4 are expected.");
        var shape = new long[dimensions];
        for (var i = shape.Length - 1; i >= 0; i--)
            shape[i] = (long)reader.UInt64($"the shape of '{name}'");
        var number = reader.UInt32($"the type of '{name}'");
        var type = TensorTypes.OfGguf(number) ?? throw reader.Fault($"tensor '{name}' has the unsupported type {number}; F32, F16, BF16, Q8_0 and Q4_0 are supported.");
        var begin = (long)reader.UInt64($"the offset of '{name}'");
        return new TensorEntry(name, type, shape, begin, begin + SizeOf(name, type, shape, begin, file));
    }

    private static long SizeOf(string name, TensorType type, long[] shape, long begin, MappedFile file)
    {
        if (shape[^1] % type.Elements() != 0)
            throw new CheckpointException($"{file.Name}: tensor '{name}' has rows of {shape[^1]}, no multiple of the {type.Elements()} of a block of {type}.");
        UInt128 elements = 1;
        foreach (var dimension in shape)
        {
            if (dimension < 1 || elements > (UInt128)file.Length * 32)
                throw new CheckpointException($"{file.Name}: tensor '{name}' has an impossible shape [{string.Join(", ", shape)}].");
            elements *= (UInt128)dimension;
        }
        var bytes = elements / (UInt128)type.Elements() * (UInt128)type.Bytes();
        if (begin < 0 || bytes > (UInt128)file.Length || begin > file.Length)
            throw new CheckpointException($"{file.Name}: tensor '{name}' of shape [{string.Join(", ", shape)}] needs {bytes} bytes from {begin}; the file has {file.Length}.");
        return (long)bytes;
    }

    private static void CheckRanges(List<TensorEntry> entries, long dataBytes, long alignment, MappedFile file)
    {
        var end = 0L;
        var last = "";
        foreach (var entry in entries.OrderBy(e => e.Begin))
        {
            if (entry.Begin % alignment != 0)
                throw new CheckpointException($"{file.Name}: tensor '{entry.Name}' begins at {entry.Begin}, no multiple of {alignment}.");
            if (entry.Begin < end)
                throw new CheckpointException($"{file.Name}: tensors '{last}' and '{entry.Name}' overlap at {entry.Begin}.");
            if (entry.End > dataBytes)
                throw new CheckpointException($"{file.Name}: tensor '{entry.Name}' ends at {entry.End}; the file has {Math.Max(0, dataBytes)} bytes of data.");
            (end, last) = (entry.End, entry.Name);
        }
    }

    // llama.cpp turns neighbours where the published weights turn halves: it keeps queries and keys in that order.
    private static TensorView View(MappedFile file, TensorEntry entry, long start, int head)
    {
        var turned = entry.Name.Contains(".attn_q.", StringComparison.Ordinal) || entry.Name.Contains(".attn_k.", StringComparison.Ordinal);
        if (turned && head > 0 && entry.Shape[0] % head != 0)
            throw new CheckpointException($"{file.Name}: tensor '{entry.Name}' has {entry.Shape[0]} rows, no multiple of a head's {head}.");
        return new TensorView(file, entry with { Name = GgufNames.Published(entry.Name) }, start + entry.Begin) { Interleaved = turned ? head : 0 };
    }
}
