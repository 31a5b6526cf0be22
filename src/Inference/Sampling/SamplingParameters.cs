namespace ProofMesh.Inference;

/// <summary>How tokens are chosen from logits; defaults change nothing. docs/encodings.md, "Sampling", is the definition.</summary>
public sealed record SamplingParameters
{
    public const int SeedBytes = 32;

    /// <summary>0 takes the most likely token.</summary>
    public float Temperature { get; init; } = 1;

    /// <summary>1 keeps all.</summary>
    public float TopP { get; init; } = 1;

    /// <summary>0 keeps all.</summary>
    public float MinP { get; init; }

    /// <summary>0 keeps all.</summary>
    public int TopK { get; init; }

    /// <summary>Divides positive and multiplies negative logits of every token of prompt and answer.</summary>
    public float RepetitionPenalty { get; init; } = 1;

    /// <summary>Is subtracted from a token's logit for each time that the answer has it.</summary>
    public float FrequencyPenalty { get; init; }

    /// <summary>Is subtracted once from the logit of each token that the answer has.</summary>
    public float PresencePenalty { get; init; }

    /// <summary>32 bytes.</summary>
    public ReadOnlyMemory<byte> Seed { get; init; } = new byte[SeedBytes];

    /// <summary>Neither penalties nor filters: every token competes with its own logit.</summary>
    internal bool Plain => TopP == 1 && MinP == 0 && TopK == 0 && RepetitionPenalty == 1 && FrequencyPenalty == 0 && PresencePenalty == 0;

    /// <exception cref="ArgumentException">A value is out of its bounds; the message states them.</exception>
    public void Check()
    {
        Within("temperature", Temperature, 0, 100);
        Within("top_p", TopP, float.Epsilon, 1);
        Within("min_p", MinP, 0, 1);
        Within("top_k", TopK, 0, int.MaxValue);
        Within("repetition_penalty", RepetitionPenalty, 0.01f, 100);
        Within("frequency_penalty", FrequencyPenalty, -100, 100);
        Within("presence_penalty", PresencePenalty, -100, 100);
        if (Seed.Length != SeedBytes)
            throw new ArgumentException($"The seed has {Seed.Length} bytes; {SeedBytes} are needed.");
    }

    // Written so that NaN is refused.
    private static void Within(string name, float value, float min, float max)
    {
        if (!(value >= min && value <= max))
            throw new ArgumentException($"{name} is {value}; {min} to {max} is accepted.");
    }
}
