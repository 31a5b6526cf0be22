using ProofMesh.Inference;
using ProofMesh.Protocol;

namespace ProofMesh;

/// <summary>How what an engine runs is named to the world.</summary>
/// <remarks>One file that each process compiles for itself: Inference knows no protocol, and Protocol no model.</remarks>
static class Manifests
{
    public static ModelManifest Of(EngineModel model) => new(
        model.Name, (uint)model.Context, model.Engine, model.Scheme,
        Bytes32.Parse(model.Tokenizer), [.. model.Weights.Select(Bytes32.Parse)]);
}
