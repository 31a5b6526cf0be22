namespace ProofMesh.Inference;

public enum RopeKind
{
    Default,
    Linear,
    Dynamic,
    Llama3,
    Yarn,
}

/// <summary>How rotary frequencies are stretched beyond the positions that a model was first trained on.</summary>
/// <remarks>Field names are those of config.json's <c>rope_scaling</c> (or <c>rope_parameters</c>).</remarks>
public sealed record RopeScaling(RopeKind Kind)
{
    public static readonly RopeScaling None = new(RopeKind.Default);

    public double Factor { get; init; } = 1;

    public int OriginalMaxPositions { get; init; }

    /// <summary>llama3 only.</summary>
    public double LowFrequencyFactor { get; init; } = 1;

    /// <summary>llama3 only.</summary>
    public double HighFrequencyFactor { get; init; } = 4;

    /// <summary>yarn only.</summary>
    public double BetaFast { get; init; } = 32;

    /// <summary>yarn only.</summary>
    public double BetaSlow { get; init; } = 1;

    /// <summary>yarn only: whether the ends of the ramp are rounded to whole dimensions.</summary>
    public bool Truncate { get; init; } = true;

    /// <summary>yarn only: multiplies sine and cosine.</summary>
    public double AttentionFactor { get; init; } = 1;
}
