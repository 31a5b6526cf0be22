namespace ProofMesh.Inference;

/// <summary>How likely the model found a token, and which it found most likely: natural logarithms of the softmax of its logits alone.</summary>
/// <remarks>Neither penalties nor temperature, filters or a format enter.</remarks>
public sealed record TokenLogProb(int Id, double LogProb, IReadOnlyList<(int Id, double LogProb)> Top)
{
    internal static TokenLogProb Of(ReadOnlySpan<float> logits, int token, int top)
    {
        var largest = logits[Lots.Largest(logits)];
        var sum = 0.0;
        foreach (var logit in logits)
            sum += float.IsNaN(logit) ? 0 : Math.Exp(logit - (double)largest);
        var norm = largest + Math.Log(sum);
        var heap = new PriorityQueue<int, (float, int)>();
        for (var id = 0; top > 0 && id < logits.Length; id++)
        {
            if (float.IsNaN(logits[id]))
                continue;
            if (heap.Count < top)
                heap.Enqueue(id, (logits[id], -id));
            else
                heap.EnqueueDequeue(id, (logits[id], -id));
        }
        var ranked = new (int, double)[heap.Count];
        for (var i = ranked.Length - 1; i >= 0; i--)
            ranked[i] = heap.Dequeue() is var id ? (id, logits[id] - norm) : default;
        return new TokenLogProb(token, logits[token] - norm, ranked);
    }
}
