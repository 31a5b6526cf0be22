using System.Runtime.Intrinsics;

namespace ProofMesh.Inference;

/// <summary>softmax(q·Kᵀ / √d)·V of one token for one query head, over positions [0, length).</summary>
/// <remarks>
/// Scores, sums and outputs are chains in the order of positions, so a token's result depends on nothing but the
/// positions before it: not on its batch, not on how its prompt was cut.
/// </remarks>
internal static unsafe class Attention
{
    /// <param name="query">[head stride], padded with zeros.</param>
    /// <param name="scores">Room for length floats, rounded up to 64.</param>
    /// <param name="result">[head stride].</param>
    public static void Attend(float* query, in PagedText text, float* scores, float* result, int stride, float scale)
    {
        Score(query, text, scores, stride);
        var sum = Softmax(scores, text.Length, scale);
        Mix(scores, text, result, stride, 1f / sum);
    }

    private static void Score(float* query, in PagedText text, float* scores, int stride)
    {
        var blocks = BlockPool.BlocksFor(text.Length);
        var block = 0;
        for (; block + 4 <= blocks; block += 4)
            ScoreFour(query, text.Keys(block), text.Keys(block + 1), text.Keys(block + 2), text.Keys(block + 3), scores + block * Lanes.Count, stride);
        for (; block < blocks; block++)
        {
            var at = text.Keys(block);
            var sum = Vector512<float>.Zero;
            for (var d = 0; d < stride; d++)
                sum = Lanes.MultiplyAdd(Lanes.Load(at + d * Lanes.Count), Vector512.Create(query[d]), sum);
            sum.Store(scores + block * Lanes.Count);
        }
    }

    private static void ScoreFour(float* query, float* k0, float* k1, float* k2, float* k3, float* scores, int stride)
    {
        Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default;
        for (var d = 0; d < stride; d++)
        {
            var q = Vector512.Create(query[d]);
            var at = d * Lanes.Count;
            s0 = Lanes.MultiplyAdd(Lanes.Load(k0 + at), q, s0);
            s1 = Lanes.MultiplyAdd(Lanes.Load(k1 + at), q, s1);
            s2 = Lanes.MultiplyAdd(Lanes.Load(k2 + at), q, s2);
            s3 = Lanes.MultiplyAdd(Lanes.Load(k3 + at), q, s3);
        }
        s0.Store(scores);
        s1.Store(scores + Lanes.Count);
        s2.Store(scores + 2 * Lanes.Count);
        s3.Store(scores + 3 * Lanes.Count);
    }

    /// <summary>Turns scores into e^((score − largest)·scale) and returns their sum.</summary>
    private static float Softmax(float* scores, int length, float scale)
    {
        var padded = Lanes.RoundUp(length);
        new Span<float>(scores + length, padded - length).Fill(float.NegativeInfinity);
        var largest = Lanes.Load(scores);
        for (var i = Lanes.Count; i < padded; i += Lanes.Count)
            largest = Vector512.Max(largest, Lanes.Load(scores + i));
        var top = Vector512.Create(Lanes.Max(largest));
        var factor = Vector512.Create(scale);
        var sum = Vector512<float>.Zero;
        for (var i = 0; i < padded; i += Lanes.Count)
        {
            var weight = Lanes.Exp((Lanes.Load(scores + i) - top) * factor);
            weight.Store(scores + i);
            sum += weight;
        }
        return Lanes.Sum(sum);
    }

    private static void Mix(float* weights, in PagedText text, float* result, int stride, float scale)
    {
        var d = 0;
        for (; d + 64 <= stride; d += 64)
            MixFour(weights, text, d, result + d, stride, scale);
        for (; d < stride; d += Lanes.Count)
        {
            var sum = Vector512<float>.Zero;
            for (var i = 0; i < text.Length; i++)
            {
                var row = text.Values(i / BlockPool.Tokens) + i % BlockPool.Tokens * stride;
                sum = Lanes.MultiplyAdd(Lanes.Load(row + d), Vector512.Create(weights[i]), sum);
            }
            (sum * scale).Store(result + d);
        }
    }

    private static void MixFour(float* weights, in PagedText text, int d, float* result, int stride, float scale)
    {
        Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default;
        for (var start = 0; start < text.Length; start += BlockPool.Tokens)
        {
            var values = text.Values(start / BlockPool.Tokens) + d;
            var end = Math.Min(start + BlockPool.Tokens, text.Length);
            for (var i = start; i < end; i++, values += stride)
            {
                var w = Vector512.Create(weights[i]);
                s0 = Lanes.MultiplyAdd(Lanes.Load(values), w, s0);
                s1 = Lanes.MultiplyAdd(Lanes.Load(values + 16), w, s1);
                s2 = Lanes.MultiplyAdd(Lanes.Load(values + 32), w, s2);
                s3 = Lanes.MultiplyAdd(Lanes.Load(values + 48), w, s3);
            }
        }
        (s0 * scale).Store(result);
        (s1 * scale).Store(result + 16);
        (s2 * scale).Store(result + 32);
        (s3 * scale).Store(result + 48);
    }
}
