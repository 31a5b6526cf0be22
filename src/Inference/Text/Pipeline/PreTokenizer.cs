namespace ProofMesh.Inference;

/// <summary>Cuts a stretch of normalised text into the words that the model merges within.</summary>
/// <param name="text">A stretch without added tokens.</param>
/// <param name="first">Whether it stands at the very start of the input.</param>
internal delegate IEnumerable<string> PreTokenizer(string text, bool first);
