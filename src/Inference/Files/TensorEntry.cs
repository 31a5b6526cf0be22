namespace ProofMesh.Inference;

/// <summary>One line of a safetensors header; the range counts from the end of the header.</summary>
internal sealed record TensorEntry(string Name, TensorType Type, long[] Shape, long Begin, long End);
