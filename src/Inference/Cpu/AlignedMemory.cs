using System.Runtime.InteropServices;

namespace ProofMesh.Inference;

/// <summary>Zeroed native memory at a 64-byte boundary; pages that are never touched take no room.</summary>
internal sealed unsafe class AlignedMemory<T> : IDisposable
    where T : unmanaged
{
    private const int Boundary = 64;
    private void* _block;

    public AlignedMemory(long count)
    {
        Count = count;
        Bytes = checked(count * sizeof(T));
        _block = NativeMemory.AllocZeroed(checked((nuint)Bytes + Boundary));
        Pointer = (T*)(((nint)_block + Boundary - 1) & -Boundary);
        GC.AddMemoryPressure(Math.Max(1, Bytes));
    }

    public T* Pointer { get; private set; }

    public long Count { get; }

    public long Bytes { get; }

    public void Dispose()
    {
        if (_block is null)
            return;
        NativeMemory.Free(_block);
        _block = null;
        Pointer = null;
        GC.RemoveMemoryPressure(Math.Max(1, Bytes));
    }
}
