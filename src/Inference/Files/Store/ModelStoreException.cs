namespace ProofMesh.Inference;

/// <summary>What a person must mend before the store does what they asked; the message says what.</summary>
public sealed class ModelStoreException(string message) : Exception(message);
