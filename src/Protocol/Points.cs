namespace ProofMesh.Protocol;

/// <summary>What a receipt adds to its provider's reputation: speed + complexity + quality.</summary>
public static class Points
{
    /// <summary>What one receipt can have at most.</summary>
    public const uint Most = 11;

    public static uint Of(ReceiptStatus status, uint promptTokens, uint durationMs) =>
        status is ReceiptStatus.Completed or ReceiptStatus.Length ? 3 + Speed(durationMs) + Complexity(promptTokens) : 0;

    static uint Speed(uint durationMs) => durationMs switch
    {
        < 1_000 => 5,
        < 2_000 => 4,
        < 3_000 => 3,
        < 5_000 => 2,
        < 10_000 => 1,
        _ => 0,
    };

    // About 500, 200 and 50 characters of text.
    static uint Complexity(uint promptTokens) => promptTokens switch
    {
        > 125 => 3,
        > 50 => 2,
        > 12 => 1,
        _ => 0,
    };
}
