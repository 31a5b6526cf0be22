using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ProofMesh.Inference;

/// <summary>Draws among all tokens of a vocabulary, with the variates of only those that can still win.</summary>
internal static class Lots
{
    private const int Block = 128;

    /// <summary>The largest logit's token, the lowest of equals; 0 when none is a number.</summary>
    public static int Largest(ReadOnlySpan<float> logits)
    {
        var largest = LargestOf(logits);
        return float.IsNegativeInfinity(largest) ? 0 : logits.IndexOf(largest);
    }

    /// <summary>The arg-max of logit / temperature + noise, ties to the lower token.</summary>
    public static int Draw(ReadOnlySpan<float> logits, double temperature, GumbelNoise noise)
    {
        var best = Largest(logits);
        var bestScore = Score(logits[best], temperature) + noise.Of(best);
        Span<ulong> words = stackalloc ulong[Block];
        for (var start = 0; start < logits.Length; start += Block)
        {
            var block = logits.Slice(start, Math.Min(Block, logits.Length - start));
            var lead = bestScore - LargestOf(block) / temperature;
            if (lead > GumbelNoise.Ceiling)
                continue;
            var least = GumbelNoise.LeastWord(lead);
            if (!noise.AnyReaches(start, least, words))
                continue;
            for (var i = 0; i < block.Length; i++)
            {
                var word = (uint)words[i / 32 * 32 + i % 4 * 8 + i % 32 / 4];
                if (word < least)
                    continue;
                var score = Score(block[i], temperature) + GumbelNoise.Variate(word);
                if (score > bestScore || (score == bestScore && start + i < best))
                    (best, bestScore) = (start + i, score);
            }
        }
        return best;
    }

    private static double Score(float logit, double temperature) => float.IsNaN(logit) ? double.NegativeInfinity : logit / temperature;

    // What is not a number compares as false and is never taken.
    private static float LargestOf(ReadOnlySpan<float> values)
    {
        var largest = Vector512.Create(float.NegativeInfinity);
        ref var first = ref MemoryMarshal.GetReference(values);
        var i = 0;
        for (; i + Vector512<float>.Count <= values.Length; i += Vector512<float>.Count)
        {
            var next = Vector512.LoadUnsafe(ref first, (nuint)i);
            largest = Vector512.ConditionalSelect(Vector512.GreaterThan(next, largest), next, largest);
        }
        var result = Lanes.Max(largest);
        for (; i < values.Length; i++)
            result = values[i] > result ? values[i] : result;
        return result;
    }
}
