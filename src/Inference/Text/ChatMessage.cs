namespace ProofMesh.Inference;

/// <summary>One turn of a conversation.</summary>
/// <param name="Role">system, user, assistant or tool; the template decides which it takes.</param>
public sealed record ChatMessage(string Role, string Content);
