namespace ProofMesh.Inference;

/// <summary>What runs here, in the words of a model manifest.</summary>
/// <param name="Scheme">The arithmetic actually executed: cpu-f32, cpu-q8, torch-f32, …</param>
/// <param name="Engine">Name and version of this engine.</param>
/// <param name="Weights">SHA-256 of each weights file in order of its name, lower-case hex without prefix.</param>
/// <param name="Tokenizer">SHA-256 of tokenizer.json, lower-case hex without prefix.</param>
public sealed record EngineModel(string Name, int Context, string Scheme, string Engine, IReadOnlyList<string> Weights, string Tokenizer);
