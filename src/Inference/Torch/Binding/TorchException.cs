using System.Runtime.InteropServices;

namespace ProofMesh.Inference.Torch.Binding;

/// <summary>An operation that libtorch refused or could not finish; the message is libtorch's own.</summary>
public sealed class TorchException(string message, bool outOfMemory) : ExternalException(message)
{
    public bool OutOfMemory { get; } = outOfMemory;
}
