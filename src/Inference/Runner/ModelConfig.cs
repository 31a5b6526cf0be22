using System.Text.Json;

namespace ProofMesh.Inference;

/// <summary>The shape of a Llama-family decoder, as its config.json states it.</summary>
public sealed record ModelConfig
{
    /// <summary><c>model_type</c>: llama, mistral, qwen2 or qwen3.</summary>
    public required string Family { get; init; }

    public required int Vocabulary { get; init; }

    public required int Hidden { get; init; }

    public required int Layers { get; init; }

    public required int Heads { get; init; }

    /// <summary>Divides <see cref="Heads"/>: each key-value head serves Heads / KeyValueHeads query heads.</summary>
    public required int KeyValueHeads { get; init; }

    public required int HeadSize { get; init; }

    public required int Intermediate { get; init; }

    public required float NormEpsilon { get; init; }

    public required double RopeTheta { get; init; }

    public RopeScaling Scaling { get; init; } = RopeScaling.None;

    public required int MaxPositions { get; init; }

    /// <summary>The head is the embedding table.</summary>
    public bool TiedHead { get; init; }

    public bool QueryKeyValueBias { get; init; }

    public bool OutputBias { get; init; }

    /// <summary>Queries and keys are normalised per head before rotation (Qwen3).</summary>
    public bool QueryKeyNorm { get; init; }

    public int? BeginToken { get; init; }

    /// <summary>Each of these ends an answer; from generation_config.json where it names them.</summary>
    public IReadOnlyList<int> EndTokens { get; init; } = [];

    public int QuerySize => Heads * HeadSize;

    public int KeyValueSize => KeyValueHeads * HeadSize;

    /// <summary>Reads a folder's config.json, and generation_config.json where there is one; or a GGUF file's own fields.</summary>
    /// <exception cref="ModelConfigException">A field is missing, out of bounds or asks for what isn't supported.</exception>
    /// <exception cref="CheckpointException">The GGUF file is damaged or lacks a field.</exception>
    public static ModelConfig Load(string folder)
    {
        if (GgufFile.Is(folder))
        {
            using var checkpoint = Checkpoint.Open(folder);
            return ModelConfigParser.Parse(GgufConfig.Model(GgufFile.Metadata(folder), name => checkpoint.TryGet(name, out _)), generation: null);
        }
        var config = ReadJson(Path.Combine(folder, "config.json"))
            ?? throw new ModelConfigException($"{folder} holds no config.json.");
        try
        {
            return ModelConfigParser.Parse(config, ReadJson(Path.Combine(folder, "generation_config.json")));
        }
        catch (InvalidOperationException fault)
        {
            // Only reading a text that isn't Unicode throws this.
            throw new ModelConfigException($"config.json or generation_config.json holds a text that isn't Unicode: {fault.Message}", fault);
        }
    }

    private static JsonElement? ReadJson(string path)
    {
        const int maxBytes = 1 << 20;
        var file = new FileInfo(path);
        if (!file.Exists)
            return null;
        if (file.Length > maxBytes)
            throw new ModelConfigException($"{file.Name} has {file.Length} bytes; at most {maxBytes} are read.");
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw new ModelConfigException($"{file.Name} is not a JSON object.");
        }
        catch (JsonException fault)
        {
            throw new ModelConfigException($"{file.Name} is not JSON: {fault.Message}", fault);
        }
    }
}
