namespace ProofMesh.Protocol;

/// <summary>How the next token is chosen; docs/encodings.md gives the order and the noise.</summary>
/// <param name="Temperature">0 takes the most likely token.</param>
/// <param name="TopK">0 keeps all.</param>
public sealed record Sampling(
    float Temperature = 1, float TopP = 1, float MinP = 0, uint TopK = 0,
    float RepetitionPenalty = 1, float FrequencyPenalty = 0, float PresencePenalty = 0, long? Seed = null)
{
    /// <summary>What is wrong with the values, in words, or null.</summary>
    public string? Fault() => this switch
    {
        { Temperature: not (>= 0 and <= 2) } => $"temperature must be from 0 to 2, not {Temperature}",
        { TopP: not (> 0 and <= 1) } => $"top_p must be above 0 and at most 1, not {TopP}",
        { MinP: not (>= 0 and <= 1) } => $"min_p must be from 0 to 1, not {MinP}",
        { TopK: > 1_000_000 } => $"top_k must be at most 1000000, not {TopK}",
        { RepetitionPenalty: not (> 0 and <= 10) } => $"repetition_penalty must be above 0 and at most 10, not {RepetitionPenalty}",
        { FrequencyPenalty: not (>= -2 and <= 2) } => $"frequency_penalty must be from -2 to 2, not {FrequencyPenalty}",
        { PresencePenalty: not (>= -2 and <= 2) } => $"presence_penalty must be from -2 to 2, not {PresencePenalty}",
        _ => null,
    };
}
