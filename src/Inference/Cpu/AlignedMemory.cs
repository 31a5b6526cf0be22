using System.Runtime.InteropServices;

namespace ProofMesh.Inference;

/// <summary>Zeroed native memory at a 64-byte boundary; pages that are never touched take no room.</summary>
internal sealed unsafe class AlignedMemory<T> : IDisposable
    where T : unmanaged
{
    private const int Boundary = 64;
    private void* _block;

    /// <param name="dense">All of it will be read again and again: the system may take it in large pages, which are found sooner.</param>
    public AlignedMemory(long count, bool dense = false)
    {
        Count = count;
        Bytes = checked(count * sizeof(T));
        var boundary = dense ? LargePages.Bytes : Boundary;
        _block = NativeMemory.AllocZeroed(checked((nuint)(Bytes + boundary)));
        Pointer = (T*)(((nint)_block + boundary - 1) & -boundary);
        if (dense)
            LargePages.Ask(Pointer, Bytes);
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
