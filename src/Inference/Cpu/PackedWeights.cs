namespace ProofMesh.Inference;

/// <summary>The memory of a model's packed matrices, filled from the published weights or from a file that an earlier load left.</summary>
internal sealed unsafe class PackedWeights : IDisposable
{
    // So that no matrix shares a page with another.
    private const long Boundary = 4096;

    private readonly AlignedMemory<byte> _memory;

    /// <param name="path">Where the packed weights are kept; null: nowhere.</param>
    /// <param name="progress">Told the share that is done, 0 to 1, when something has to be packed.</param>
    public PackedWeights(IReadOnlyList<PackedMatrix> matrices, string? path, Action<double>? progress)
    {
        _memory = new AlignedMemory<byte>(BytesOf(matrices.Select(m => m.Bytes)), dense: true);
        var at = _memory.Pointer;
        foreach (var matrix in matrices)
        {
            matrix.Attach(at);
            at += RoundUp(matrix.Bytes);
        }
        var bytes = at - _memory.Pointer;
        if (path is not null && PackedFile.TryRead(path, _memory.Pointer, bytes))
            return;
        Pack(matrices, bytes, progress);
        if (path is not null)
            PackedFile.TryWrite(path, _memory.Pointer, bytes);
    }

    /// <summary>What the matrices take, before the memory is aligned.</summary>
    public long Bytes => _memory.Bytes;

    public static long BytesOf(IEnumerable<long> matrices) => matrices.Sum(RoundUp) + Boundary;

    public void Dispose() => _memory.Dispose();

    private static long RoundUp(long bytes) => (bytes + Boundary - 1) / Boundary * Boundary;

    private static void Pack(IReadOnlyList<PackedMatrix> matrices, long bytes, Action<double>? progress)
    {
        var done = 0L;
        foreach (var matrix in matrices)
        {
            matrix.Pack();
            done += RoundUp(matrix.Bytes);
            progress?.Invoke((double)done / bytes);
        }
    }
}
