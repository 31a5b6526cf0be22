namespace ProofMesh.Inference.Torch;

/// <summary>libtorch or the library that binds it is not there; the message says what to install.</summary>
public sealed class TorchUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
