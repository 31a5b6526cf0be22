using System.Runtime.InteropServices;

namespace ProofMesh.Inference.Torch;

/// <summary>An operation that libtorch refused or could not finish; the message is libtorch's own.</summary>
public sealed class TorchException(string message, bool outOfMemory) : ExternalException(message)
{
    public bool OutOfMemory { get; } = outOfMemory;
}

/// <summary>libtorch or the library that binds it is not there; the message says what to install.</summary>
public sealed class TorchUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
