using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ProofMesh.Inference;

/// <summary>Up to four queries that read the same keys and values, and what they came to.</summary>
/// <remarks>
/// A text is attended to in segments of 256 positions; each yields its largest score, its sum of weights and its mixture
/// of values, and they are put together in order. All are chains in the order of positions, and where segments begin
/// depends on nothing else, so a token's result depends only on the positions before it: not on its batch, not on how
/// its prompt was cut, not on who computed which segment.
/// </remarks>
/// <param name="scratch">Of the thread that attends: queries, and the weights of one segment.</param>
/// <param name="parts">The results of all segments.</param>
internal readonly unsafe struct AttentionTile(float* scratch, float* parts, int stride)
{
    public const int Queries = 4;

    /// <summary>Positions of a segment.</summary>
    public const int Segment = 256;

    // Largest score and sum of weights, before a mixture.
    private const int Head = Lanes.Count;

    public static int ScratchFloats(int stride) => Queries * (stride + Segment);

    public static long PartFloats(int stride, int segments) => (long)segments * Queries * (Head + stride);

    public static int Segments(int length) => (length + Segment - 1) / Segment;

    /// <summary>[stride], padded with zeros.</summary>
    public float* Query(int query) => scratch + query * stride;

    /// <summary>Attends to one segment; positions from the length of a query on count for nothing.</summary>
    public void Attend<TFormat>(in PagedText text, int segment, ReadOnlySpan<int> lengths, float scale)
        where TFormat : struct, ICacheFormat
    {
        var first = segment * Segment;
        var most = 0;
        foreach (var length in lengths)
            most = Math.Max(most, Math.Min(Segment, length - first));
        if (most <= 0)
            return;
        var blocks = BlockPool.BlocksFor(most);
        for (var block = 0; block < blocks; block++)
        {
            if (block + 1 < blocks)
                Fetch(text.Keys(first / BlockPool.Tokens + block + 1), stride * BlockPool.Tokens * TFormat.Size);
            Score<TFormat>(text.Keys(first / BlockPool.Tokens + block), block * BlockPool.Tokens);
        }
        for (var query = 0; query < Queries; query++)
        {
            var length = Math.Clamp(lengths[query] - first, 0, most);
            var weights = Weights(query);
            new Span<float>(weights + length, Lanes.RoundUp(most) - length).Fill(float.NegativeInfinity);
            (Part(query, segment)[0], Part(query, segment)[1]) = length == 0 ? (float.NegativeInfinity, 0) : Soften(weights, Lanes.RoundUp(most), scale);
            if (length == 0)
                new Span<float>(weights, Lanes.RoundUp(most)).Clear();
            else if (TFormat.Scaled)
                ScaleWeights(text, first, blocks, weights);
        }
        for (var d = 0; d < stride; d += Lanes.Count)
            Mix<TFormat>(text, segment, most, d);
    }

    /// <summary>Puts the segments of one query together.</summary>
    /// <param name="result">[stride].</param>
    public void Finish(int query, int length, float scale, float* result)
    {
        var segments = Segments(length);
        var top = float.NegativeInfinity;
        for (var segment = 0; segment < segments; segment++)
            top = Math.Max(top, Part(query, segment)[0]);
        var sum = 0f;
        new Span<float>(result, stride).Clear();
        for (var segment = 0; segment < segments; segment++)
        {
            var part = Part(query, segment);
            var share = Lanes.Exp(Vector512.Create((part[0] - top) * scale));
            sum += share[0] * part[1];
            for (var d = 0; d < stride; d += Lanes.Count)
                Lanes.MultiplyAdd(Lanes.Load(part + Head + d), share, Lanes.Load(result + d)).Store(result + d);
        }
        for (var d = 0; d < stride; d += Lanes.Count)
            (Lanes.Load(result + d) * (1 / sum)).Store(result + d);
    }

    // A head's blocks lie apart, so the processor doesn't foresee the next one.
    private static void Fetch(byte* numbers, int bytes)
    {
        for (var at = 0; Sse.IsSupported && at < bytes; at += 64)
            Sse.Prefetch0(numbers + at);
    }

    private float* Weights(int query) => scratch + Queries * stride + query * Segment;

    private float* Part(int query, int segment) => parts + ((long)segment * Queries + query) * (Head + stride);

    // Four chains hide the latency of an addition; the keys are converted once for four queries.
    private void Score<TFormat>(byte* keys, int place)
        where TFormat : struct, ICacheFormat
    {
        float* q0 = Query(0), q1 = Query(1), q2 = Query(2), q3 = Query(3);
        Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default;
        for (var d = 0; d < stride; d++)
        {
            var key = TFormat.Load(keys, d * Lanes.Count);
            s0 = Lanes.MultiplyAdd(key, Vector512.Create(q0[d]), s0);
            s1 = Lanes.MultiplyAdd(key, Vector512.Create(q1[d]), s1);
            s2 = Lanes.MultiplyAdd(key, Vector512.Create(q2[d]), s2);
            s3 = Lanes.MultiplyAdd(key, Vector512.Create(q3[d]), s3);
        }
        var scales = TFormat.Scaled ? Vector512.Load((float*)(keys + stride * Lanes.Count * TFormat.Size)) : Vector512<float>.One;
        (s0 * scales).Store(Weights(0) + place);
        (s1 * scales).Store(Weights(1) + place);
        (s2 * scales).Store(Weights(2) + place);
        (s3 * scales).Store(Weights(3) + place);
    }

    /// <summary>Turns scores into e^((score − largest)·scale).</summary>
    private static (float Largest, float Sum) Soften(float* scores, int count, float scale)
    {
        var largest = Lanes.Load(scores);
        for (var i = Lanes.Count; i < count; i += Lanes.Count)
            largest = Vector512.Max(largest, Lanes.Load(scores + i));
        var top = Lanes.Max(largest);
        var sum = Vector512<float>.Zero;
        for (var i = 0; i < count; i += Lanes.Count)
        {
            var weight = Lanes.Exp((Lanes.Load(scores + i) - Vector512.Create(top)) * Vector512.Create(scale));
            weight.Store(scores + i);
            sum += weight;
        }
        return (top, Lanes.Sum(sum));
    }

    private void ScaleWeights(in PagedText text, int first, int blocks, float* weights)
    {
        for (var block = 0; block < blocks; block++)
        {
            var scales = (float*)(text.Values(first / BlockPool.Tokens + block) + stride * BlockPool.Tokens);
            (Lanes.Load(weights + block * Lanes.Count) * Lanes.Load(scales)).Store(weights + block * Lanes.Count);
        }
    }

    private void Mix<TFormat>(in PagedText text, int segment, int most, int d)
        where TFormat : struct, ICacheFormat
    {
        float* w0 = Weights(0), w1 = Weights(1), w2 = Weights(2), w3 = Weights(3);
        Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default;
        for (var start = 0; start < most; start += BlockPool.Tokens)
        {
            var values = text.Values((segment * Segment + start) / BlockPool.Tokens);
            if (d == 0 && start + BlockPool.Tokens < most)
                Fetch(text.Values((segment * Segment + start) / BlockPool.Tokens + 1), stride * BlockPool.Tokens * TFormat.Size);
            var count = Math.Min(BlockPool.Tokens, most - start);
            for (var i = 0; i < count; i++)
            {
                var value = TFormat.Load(values, i * stride + d);
                s0 = Lanes.MultiplyAdd(value, Vector512.Create(w0[start + i]), s0);
                s1 = Lanes.MultiplyAdd(value, Vector512.Create(w1[start + i]), s1);
                s2 = Lanes.MultiplyAdd(value, Vector512.Create(w2[start + i]), s2);
                s3 = Lanes.MultiplyAdd(value, Vector512.Create(w3[start + i]), s3);
            }
        }
        s0.Store(Part(0, segment) + Head + d);
        s1.Store(Part(1, segment) + Head + d);
        s2.Store(Part(2, segment) + Head + d);
        s3.Store(Part(3, segment) + Head + d);
    }
}
