using System.Reflection;
using System.Runtime.InteropServices;

namespace ProofMesh.Inference.Torch.Binding;

/// <summary>The C++ library that binds libtorch, which the build puts beside this assembly.</summary>
internal static class LibTorch
{
    internal const string Name = "proofmesh_torch";
    private const int Abi = 1;

    public static string Version => Marshal.PtrToStringUTF8(Native.pm_torch_version()) ?? "";

    /// <summary>Loads it: null, or what is missing and what to do.</summary>
    public static string? Load()
    {
        if (!File.Exists(FilePath()))
            return $"The Torch backend was not built: {FilePath()} is missing. " + Advice;
        try
        {
            var abi = Native.pm_abi();
            return abi == Abi ? null : $"{FilePath()} speaks version {abi} of the binding, {Abi} is needed: rebuild the project.";
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            // The runtime lists all that it tried; the loader's own words about this file come last.
            return $"The Torch backend can't load its library: {e.Message.Trim().Split('\n')[^1]}. " + Advice;
        }
    }

    internal static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Name) return 0;
        TorchEnvironment.Prepare();
        return NativeLibrary.Load(FilePath(), assembly, null);
    }

    private const string Advice =
        "Install libtorch (apt-get install libtorch-dev libopenblas0-openmp cmake g++, or unpack PyTorch's libtorch and set " +
        "LIBTORCH to its folder), build again, or use the Cpu backend, which needs nothing.";

    private static string FilePath()
    {
        var file = OperatingSystem.IsWindows() ? Name + ".dll" : OperatingSystem.IsMacOS() ? $"lib{Name}.dylib" : $"lib{Name}.so";
        return Path.Combine(AppContext.BaseDirectory, file);
    }
}
