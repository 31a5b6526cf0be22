namespace ProofMesh.Protocol;

/// <summary>Recovers who signed a digest; null when nobody can have.</summary>
public delegate Address? Recover(Bytes32 digest, Signature signature);

public static class RecoverSigner
{
    /// <summary>Who signed, or null: a signature in any other than its one canonical form counts for nothing.</summary>
    public static Address? Signer(this Recover recover, Bytes32 digest, Signature signature) =>
        signature.IsCanonical ? recover(digest, signature) : null;
}
