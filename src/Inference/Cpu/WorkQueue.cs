using System.Runtime.CompilerServices;

namespace ProofMesh.Inference;

/// <summary>Deals the units of each phase of a step to whichever thread is free: large pieces first, small ones last.</summary>
/// <remarks>Who computes a unit never changes its result, so the answer doesn't depend on the number of threads.</remarks>
internal sealed class WorkQueue(int phases, int threads)
{
    // One cache line apart: threads in different phases must not fight over a line.
    private const int Stride = 16;
    private readonly int[] _next = new int[(phases + 1) * Stride];

    public void Reset() => Array.Clear(_next);

    /// <summary>Takes some of the units left of a phase; sizes are multiples of the grain but for the last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Take(int phase, int units, int grain, out int first, out int count)
    {
        ref var next = ref _next[(phase + 1) * Stride];
        while (true)
        {
            first = Volatile.Read(ref next);
            var left = units - first;
            count = 0;
            if (left <= 0)
                return false;
            count = threads == 1 ? left : Math.Min(left, Math.Max(grain, left / (2 * threads) / grain * grain));
            if (Interlocked.CompareExchange(ref next, first + count, first) == first)
                return true;
        }
    }
}
