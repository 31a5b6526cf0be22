namespace ProofMesh.Inference;

/// <summary>One answer to generate.</summary>
public sealed record GenerateRequest
{
    public const int MaxStops = 16;
    public const int MaxStopLength = 256;

    /// <summary>At least one token; see <see cref="Engine.Prompt"/>.</summary>
    public required IReadOnlyList<int> Prompt { get; init; }

    /// <summary>At least 1. Prompt and answer together must fit the context.</summary>
    public required int MaxTokens { get; init; }

    public SamplingParameters Sampling { get; init; } = new();

    /// <summary>The answer ends before the first of these; none of them is ever shown.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];
}
