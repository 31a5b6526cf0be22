namespace ProofMesh.Inference;

/// <summary>A token that is looked for in the text before any merging.</summary>
/// <param name="Content">Its text.</param>
/// <param name="Special">A mark of structure, left out of decoded text.</param>
/// <param name="StripLeft">It swallows the white space before it.</param>
/// <param name="StripRight">It swallows the white space after it.</param>
/// <param name="SingleWord">It counts only where no word character touches it.</param>
/// <param name="Normalized">It is looked for in the normalised text, in its own normal form.</param>
internal sealed record AddedToken(int Id, string Content, bool Special, bool StripLeft, bool StripRight, bool SingleWord, bool Normalized);
