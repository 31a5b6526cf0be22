using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ProofMesh.Inference;

/// <summary>Weights repacked so that 16 rows of output are computed side by side in the lanes of a vector.</summary>
/// <remarks>
/// Several matrices that read the same input are stacked: each part starts at a multiple of 16 rows, and the rows
/// between are zero. Every output is one chain of additions over the input from first to last, whatever the number of
/// tokens or threads: a prompt read at once and token by token gives the same bits. The memory is lent by
/// <see cref="PackedWeights"/>, which may find it filled already in a file.
/// </remarks>
internal abstract unsafe class PackedMatrix : IDisposable
{
    private readonly MatrixPart[] _parts;
    private readonly AlignedMemory<float> _bias;

    protected PackedMatrix(MatrixPart[] parts)
    {
        _parts = parts;
        Columns = (int)parts[0].Weights.Shape[1];
        Groups = parts.Sum(p => p.PaddedRows) / Lanes.Count;
        _bias = new AlignedMemory<float>(Groups * Lanes.Count);
        var at = 0;
        foreach (var part in parts)
        {
            part.Bias?.ReadFloat32(new Span<float>(_bias.Pointer + at, part.Rows));
            at += part.PaddedRows;
        }
    }

    public int Columns { get; }

    /// <summary>Groups of 16 rows.</summary>
    public int Groups { get; }

    /// <summary>What the packed weights take, a multiple of 64.</summary>
    public abstract long Bytes { get; }

    protected float* Bias => _bias.Pointer;

    protected byte* Memory { get; private set; }

    /// <param name="memory">Of <see cref="Bytes"/>, at a boundary of 64; outlives this matrix.</param>
    public void Attach(byte* memory) => Memory = memory;

    /// <summary>Converts the published weights into the attached memory, all processors at once.</summary>
    public void Pack()
    {
        var jobs = new List<(MatrixPart Part, int FirstRow, int Group)>();
        foreach (var part in _parts)
        {
            for (var row = 0; row < part.Rows; row += Lanes.Count)
                jobs.Add((part, row, jobs.Count));
        }
        Parallel.ForEach(jobs, () => new float[Lanes.Count * Columns], (job, _, rows) =>
        {
            var count = Math.Min(Lanes.Count, job.Part.Rows - job.FirstRow) * Columns;
            Array.Clear(rows, count, rows.Length - count);
            job.Part.Weights.ReadFloat32(rows.AsSpan(0, count), (long)job.FirstRow * Columns);
            PackGroup(job.Group, rows);
            return rows;
        }, static _ => { });
    }

    /// <summary>y = W·x + bias for rows [16·firstGroup, 16·(firstGroup + groups)) and all tokens; adds to y when told so.</summary>
    /// <param name="y">[tokens, stride]; stride ≥ 16·Groups.</param>
    public abstract void Multiply(Activations x, int tokens, int firstGroup, int groups, float* y, int stride, bool add);

    public void Dispose() => _bias.Dispose();

    /// <param name="rows">[16, Columns].</param>
    protected abstract void PackGroup(int group, float[] rows);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected void Finish(Vector512<float> sum, int group, float* y, bool add)
    {
        var at = group * Lanes.Count;
        sum += Lanes.Load(Bias + at);
        if (add)
            sum += Lanes.Load(y + at);
        sum.Store(y + at);
    }
}

/// <summary>One published projection inside a packed matrix.</summary>
internal readonly record struct MatrixPart(TensorView Weights, TensorView? Bias = null)
{
    public int Rows => (int)Weights.Shape[0];

    public int PaddedRows => Lanes.RoundUp(Rows);
}
