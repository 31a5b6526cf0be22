using System.Runtime.InteropServices;

namespace ProofMesh.Inference;

/// <summary>Pages of 2 MiB, where Linux gives them for the asking: a stream of weights crosses fewer borders.</summary>
internal static unsafe partial class LargePages
{
    public const int Bytes = 2 << 20;
    private const int HugePageAdvice = 14;

    /// <summary>Before the memory is first touched; a hint that may be ignored.</summary>
    public static void Ask(void* memory, long bytes)
    {
        if (OperatingSystem.IsLinux() && bytes >= Bytes)
            _ = Advise((nint)memory, (nuint)(bytes / Bytes * Bytes), HugePageAdvice);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint length, int advice);
}
