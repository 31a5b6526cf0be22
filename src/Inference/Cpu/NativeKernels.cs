using System.Reflection;
using System.Runtime.InteropServices;

namespace ProofMesh.Inference;

/// <summary>One product for the native kernels; laid out as in Native/kernels.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeProduct
{
    public byte* Weights;
    public ushort* Scales;
    public float* Bias;
    public void* X;
    public float* XScales;
    public int* XSums;
    public float* Y;
    public long XStride;
    public long YStride;
    public int Blocks;
    public int Tokens;
    public int FirstGroup;
    public int EndGroup;
    public int Add;
}

/// <summary>The kernels in C++ for instructions that C# lacks, where they were built and this processor has them.</summary>
/// <remarks>They give the same bits as the code here does, so nothing but speed depends on them. PROOFMESH_NATIVE_KERNELS=0 leaves them out.</remarks>
internal static unsafe class NativeKernels
{
    private static readonly delegate* unmanaged<NativeProduct*, void> MultiplyQ8;
    private static readonly delegate* unmanaged<NativeProduct*, void> MultiplyQ4;
    private static readonly delegate* unmanaged<NativeProduct*, void> MultiplyBf16;

#pragma warning disable CA1810, S3963 // The functions and what may be called are found together.
    static NativeKernels()
    {
        if (string.Equals(Environment.GetEnvironmentVariable("PROOFMESH_NATIVE_KERNELS"), "0", StringComparison.Ordinal)
            || !NativeLibrary.TryLoad("proofmesh_kernels", Assembly.GetExecutingAssembly(), DllImportSearchPath.AssemblyDirectory, out var library))
            return;
        var supported = ((delegate* unmanaged<int>)NativeLibrary.GetExport(library, "proofmesh_kernels_supported"))();
        MultiplyQ8 = (delegate* unmanaged<NativeProduct*, void>)NativeLibrary.GetExport(library, "proofmesh_multiply_q8");
        MultiplyQ4 = (delegate* unmanaged<NativeProduct*, void>)NativeLibrary.GetExport(library, "proofmesh_multiply_q4");
        MultiplyBf16 = (delegate* unmanaged<NativeProduct*, void>)NativeLibrary.GetExport(library, "proofmesh_multiply_bf16");
        (Bytes, BFloat16) = ((supported & 1) != 0, (supported & 2) != 0);
    }
#pragma warning restore CA1810, S3963

    /// <summary>Matrices of 8 and 4 bits can be multiplied here.</summary>
    public static bool Bytes { get; }

    public static bool BFloat16 { get; }

    public static void MultiplyEightBits(NativeProduct* product) => MultiplyQ8(product);

    public static void MultiplyFourBits(NativeProduct* product) => MultiplyQ4(product);

    public static void MultiplyBFloat16(NativeProduct* product) => MultiplyBf16(product);
}
