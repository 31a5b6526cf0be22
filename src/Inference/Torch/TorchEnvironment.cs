using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace ProofMesh.Inference.Torch;

/// <summary>What libtorch and its libraries read from the C environment (which .NET's own setter does not reach) when they are loaded.</summary>
internal static partial class TorchEnvironment
{
    /// <summary>To be called before libtorch is loaded. What the user set, stays.</summary>
    public static void Prepare()
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
