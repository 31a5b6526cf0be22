namespace ProofMesh.Protocol;

/// <summary>What exactly runs when a model is sold: its digest stands in every receipt.</summary>
/// <param name="Scheme">The arithmetic that is executed, such as cpu-f32, cpu-q8 or torch-f32.</param>
/// <param name="Tokenizer">SHA-256 of tokenizer.json.</param>
/// <param name="Weights">SHA-256 of each weights file, in the order of their names.</param>
public sealed record ModelManifest(string Name, uint Context, string Engine, string Scheme, Bytes32 Tokenizer, Bytes32[] Weights)
{
    public Bytes32 Digest() => Keccak256.Hash(CanonicalJson.Of(this));
}
