namespace ProofMesh.Gateway;

/// <summary>Why the books won't hold money for a request.</summary>
enum BookFault
{
    None,
    InsufficientFunds,
    GrantExhausted,
    KeyExhausted,
    /// <summary>The API key was revoked or has run out.</summary>
    KeyEnded,
    /// <summary>This request id was opened before.</summary>
    Replayed,
}
