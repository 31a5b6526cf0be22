using ProofMesh.Inference;

namespace ProofMesh.Provider;

/// <summary>The engine that this node runs, and how it is named to the world.</summary>
static class NodeEngine
{
    public static Engine Load(ProviderOptions options) => Engine.Load(new EngineOptions
    {
        Folder = options.Model.Length > 0 ? options.Model : EmbeddedModel.Folder,
        Name = options.ModelName.Length > 0 ? options.ModelName : options.Model.Length > 0 ? null : "proofmesh-words",
        Backend = options.Backend,
        Weights = options.Weights,
        Device = options.Device,
        Threads = options.Threads,
        MaxContext = options.MaxContext,
        MaxSequences = options.Capacity,
        MaxQueue = options.QueueLimit,
        Progress = new ProgressBar("packing the weights", TimeProvider.System).Show,
    });
}
