using System.Runtime.InteropServices;

namespace ProofMesh.Inference;

/// <summary>The memory of a model's packed matrices: private, or a file that an earlier load filled.</summary>
internal sealed unsafe class PackedWeights : IDisposable
{
    private const long Boundary = 4096;

    private readonly AlignedMemory<byte>? _private;
    private readonly PackedFile? _file;

    /// <summary>Packs the matrices, or finds them packed.</summary>
    /// <param name="path">Where the packed weights are kept; null: nowhere.</param>
    /// <param name="progress">Told the share that is done, 0 to 1, when something has to be packed.</param>
    /// <exception cref="IOException">The packed weights can't be kept: no space, no permission.</exception>
    public PackedWeights(IReadOnlyList<PackedMatrix> matrices, string? path, Action<double>? progress)
    {
        var bytes = matrices.Sum(m => RoundUp(m.Bytes));
        if (path is not null)
        {
            _file = PackedFile.TryOpen(path, bytes) ?? PackedFile.Create(path, bytes, memory => Fill(matrices, memory, bytes, progress));
            Attach(matrices, _file.Memory);
            return;
        }
        _private = new AlignedMemory<byte>(bytes);
        Fill(matrices, _private.Pointer, bytes, progress);
    }

    public void Dispose()
    {
        _private?.Dispose();
        _file?.Dispose();
    }

    private static long RoundUp(long bytes) => (bytes + Boundary - 1) / Boundary * Boundary;

    private static void Attach(IReadOnlyList<PackedMatrix> matrices, byte* memory)
    {
        foreach (var matrix in matrices)
        {
            matrix.Attach(memory);
            memory += RoundUp(matrix.Bytes);
        }
    }

    private static void Fill(IReadOnlyList<PackedMatrix> matrices, byte* memory, long bytes, Action<double>? progress)
    {
        Attach(matrices, memory);
        var done = 0L;
        foreach (var matrix in matrices)
        {
            matrix.Pack();
            done += RoundUp(matrix.Bytes);
            progress?.Invoke((double)done / bytes);
        }
    }
}
