using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace ProofMesh.Inference.Torch;

/// <summary>Finds and loads the C++ library that binds libtorch, which the build puts beside this assembly.</summary>
public static partial class TorchLibrary
{
    internal const string Name = "proofmesh_torch";
    private const int Abi = 1;

    private static readonly Lazy<string?> Fault = new(Probe);

    /// <summary>Whether the Torch backend can run here.</summary>
    public static bool IsAvailable => Fault.Value is null;

    /// <summary>What is in use, for a log line: libtorch's version and the threads that it computes with.</summary>
    public static string Describe()
    {
        Require();
        return $"libtorch {Marshal.PtrToStringUTF8(Native.pm_torch_version())}, {Native.pm_get_num_threads()} threads, {torch.cuda.device_count()} CUDA devices";
    }

    /// <exception cref="TorchUnavailableException">The library, libtorch or a dependency is missing.</exception>
    public static void Require()
    {
        if (Fault.Value is { } fault) throw new TorchUnavailableException(fault);
    }

    internal static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Name) return 0;
        SetEnvironment();
        return NativeLibrary.Load(FilePath(), assembly, null);
    }

    private static string? Probe()
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

    private const string Advice =
        "Install libtorch (apt-get install libtorch-dev libopenblas0-openmp cmake g++, or unpack PyTorch's libtorch and set " +
        "LIBTORCH to its folder), build again, or use the Cpu backend, which needs nothing.";

    private static string FilePath()
    {
        var file = OperatingSystem.IsWindows() ? Name + ".dll" : OperatingSystem.IsMacOS() ? $"lib{Name}.dylib" : $"lib{Name}.so";
        return Path.Combine(AppContext.BaseDirectory, file);
    }

    // All three are read when the libraries are loaded, from the C environment (which .NET's own setter does not reach).
    // What the user set, stays.
    private static void SetEnvironment()
    {
        if (!OperatingSystem.IsLinux()) return;
        // OpenMP's threads wait for each other some milliseconds in a loop by default: where other work needs the cores
        // that makes a token 20 times slower.
        _ = setenv("GOMP_SPINCOUNT", "1000", 0);
        if (!(Avx512F.IsSupported && Avx512BW.VL.IsSupported && Avx512DQ.VL.IsSupported && Avx512CD.IsSupported)) return;
        // OpenBLAS 0.3.21 knows no Zen 4 or 5 and would take its AVX2 kernels there.
        _ = setenv("OPENBLAS_CORETYPE", "SkylakeX", 0);
        _ = setenv("ATEN_CPU_CAPABILITY", "avx512", 0);
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int setenv(string name, string value, int overwrite);
}
