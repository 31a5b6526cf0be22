namespace ProofMesh.Inference.Tests;

/// <summary>docs/encodings.md's "Sampling", word by word and without a thought for speed.</summary>
internal static class PlainSampler
{
    public static int Choose(float[] logits, TokenHistory history, SamplingParameters parameters, int position)
    {
        var scores = logits.Select(l => (double)l).ToArray();
        foreach (var (token, count) in history.AnswerCounts)
        {
            scores[token] = scores[token] > 0 ? scores[token] / parameters.RepetitionPenalty : scores[token] * parameters.RepetitionPenalty;
            scores[token] -= (double)parameters.FrequencyPenalty * count;
            scores[token] -= count > 0 ? parameters.PresencePenalty : 0;
        }
        for (var i = 0; i < scores.Length; i++)
            scores[i] /= parameters.Temperature;
        var ranked = Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i]).ThenBy(i => i).ToList();
        if (parameters.TopK > 0)
            ranked = [.. ranked.Take(parameters.TopK)];
        ranked = [.. TopP(ranked, scores, parameters.TopP)];
        ranked.RemoveAll(i => Math.Exp(scores[i] - scores[ranked[0]]) < parameters.MinP);
        var noise = new GumbelNoise(parameters.Seed.Span, position);
        return ranked.OrderByDescending(i => scores[i] + noise.Of(i)).ThenBy(i => i).First();
    }

    private static IEnumerable<int> TopP(List<int> ranked, double[] scores, double wanted)
    {
        var sum = ranked.Sum(i => Math.Exp(scores[i] - scores[ranked[0]]));
        var reached = 0.0;
        foreach (var token in ranked)
        {
            yield return token;
            reached += Math.Exp(scores[token] - scores[ranked[0]]) / sum;
            if (reached >= wanted && wanted < 1)
                yield break;
        }
    }
}
