namespace ProofMesh.Inference.Torch;

/// <summary>Whether libtorch is here and which: <see cref="LibTorch"/> knows where this build finds it.</summary>
public static class TorchLibrary
{
    private static readonly Lazy<string?> Fault = new(LibTorch.Load);

    /// <summary>Whether the Torch backend can run here.</summary>
    public static bool IsAvailable => Fault.Value is null;

    /// <summary>What is in use, for a log line: libtorch's version and the threads that it computes with.</summary>
    public static string Describe()
    {
        Require();
        return $"libtorch {LibTorch.Version}, {torch.get_num_threads()} threads, {torch.cuda.device_count()} CUDA devices";
    }

    /// <exception cref="TorchUnavailableException">The library, libtorch or a dependency is missing.</exception>
    public static void Require()
    {
        if (Fault.Value is { } fault) throw new TorchUnavailableException(fault);
    }
}
