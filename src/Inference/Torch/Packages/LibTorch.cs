namespace ProofMesh.Inference.Torch;

/// <summary>libtorch as the packages TorchSharp and TorchSharp-cuda-linux bring it; in place of Binding/, see Inference.csproj.</summary>
internal static class LibTorch
{
    public static string Version => torch.__version__;

    /// <summary>Loads it: null, or what is missing and what to do.</summary>
    public static string? Load()
    {
        TorchEnvironment.Prepare();
        try
        {
            // With CUDA first: libraries that were loaded without it would stay so.
            torch.TryInitializeDeviceType(DeviceType.CUDA);
            torch.InitializeDeviceType(DeviceType.CPU);
            return null;
        }
        catch (Exception e) when (e is NotSupportedException or DllNotFoundException or EntryPointNotFoundException or BadImageFormatException or TypeInitializationException)
        {
            return $"The Torch backend can't load the libraries of its packages: {e.GetBaseException().Message.Split('\n')[0].Trim()} " +
                "Publish for linux-x64 with the package TorchSharp-cuda-linux, build without UseTorchSharp, or use the Cpu backend, which needs nothing.";
        }
    }
}
