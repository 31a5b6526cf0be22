namespace ProofMesh.Inference;

/// <summary>One answer to generate.</summary>
public sealed record GenerateRequest
{
    public const int MaxStops = 16;
    public const int MaxStopLength = 256;
    public const int MaxPriority = 6;
    public const int MaxFormatLength = 1 << 16;
    public const int MaxTopLogProbs = 20;

    /// <summary>At least one token; see <see cref="Engine.Prompt"/>.</summary>
    public required IReadOnlyList<int> Prompt { get; init; }

    /// <summary>At least 1. Prompt and answer together must fit the context.</summary>
    public required int MaxTokens { get; init; }

    public SamplingParameters Sampling { get; init; } = new();

    /// <summary>The answer ends before the first of these; none of them is ever shown. They don't hold within calls.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>What the answer must look like: {"type":"json_object"}, {"type":"json_schema","schema":…} or {"type":"regex","pattern":…}; null: anything.</summary>
    public string? Format { get; init; }

    /// <summary>What the answer may call; the prompt was made with the same. Null: nothing.</summary>
    public ToolUse? Tools { get; init; }

    /// <summary>How many of the most likely tokens are reported beside each; null: not even the probability of the token itself.</summary>
    public int? TopLogProbs { get; init; }

    /// <summary>0 to 6; each step is worth five seconds of waiting.</summary>
    public int Priority { get; init; }

    /// <summary>
    /// Whose prompts it may share the cache with, such as the payer's address: requests of equal scope reuse each other's
    /// beginnings, and can tell by the time to the first token that they did. Empty: with nobody.
    /// </summary>
    public ReadOnlyMemory<byte> CacheScope { get; init; }

    /// <exception cref="ArgumentException">The request is malformed; the message says how.</exception>
    internal void Check(int vocabulary)
    {
        Sampling.Check();
        CheckTokens(Prompt, vocabulary);
        if (MaxTokens < 1)
            throw new ArgumentException($"{MaxTokens} tokens were asked for; at least 1 is.");
        if (TopLogProbs is < 0 or > MaxTopLogProbs)
            throw new ArgumentException($"{TopLogProbs} most likely tokens were asked for; 0 to {MaxTopLogProbs} are reported.");
        if (Priority is < 0 or > MaxPriority)
            throw new ArgumentException($"Priority is {Priority}; 0 to {MaxPriority} is accepted.");
        if (Stop.Count > MaxStops)
            throw new ArgumentException($"{Stop.Count} stop strings were given; at most {MaxStops} are accepted.");
        foreach (var stop in Stop)
        {
            if (stop is not { Length: > 0 and <= MaxStopLength })
                throw new ArgumentException($"A stop string has {stop?.Length ?? 0} characters; 1 to {MaxStopLength} are accepted.");
        }
    }

    internal static void CheckTokens(IReadOnlyList<int> tokens, int vocabulary)
    {
        if (tokens.Count == 0)
            throw new ArgumentException("There is no token.");
        foreach (var token in tokens)
        {
            if ((uint)token >= (uint)vocabulary)
                throw new ArgumentException($"Token {token} is outside the vocabulary of {vocabulary}.");
        }
    }
}
