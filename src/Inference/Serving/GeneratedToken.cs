namespace ProofMesh.Inference;

public enum FinishReason
{
    /// <summary>The model ended the answer, or a stop string came.</summary>
    Stop,

    /// <summary>The answer has the most tokens that were asked for.</summary>
    Length,

    /// <summary>The caller cancelled.</summary>
    Cancelled,
}

/// <summary>One step of an answer.</summary>
/// <param name="Ids">The token that was sampled, end-of-sequence tokens included; empty when a cancellation ends the answer.</param>
/// <param name="Text">What can be shown now: whole characters, never the beginning of a stop string. May be empty.</param>
/// <param name="Finish">Set on the last one only.</param>
public readonly record struct GeneratedToken(IReadOnlyList<int> Ids, string Text, FinishReason? Finish)
{
    /// <summary>Tokens of the prompt that were not computed, as an earlier request of the same scope had the same beginning.</summary>
    public int CachedTokens { get; init; }

    /// <summary>What can be shown now of calls; null: nothing. <see cref="Text"/> says nothing of them.</summary>
    public IReadOnlyList<ToolCallPart>? Calls { get; init; }

    /// <summary>Where it was asked for.</summary>
    public TokenLogProb? LogProb { get; init; }
}
