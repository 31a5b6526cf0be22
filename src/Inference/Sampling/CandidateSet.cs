namespace ProofMesh.Inference;

/// <summary>The tokens that top-k, top-p and min-p leave.</summary>
internal sealed class CandidateSet(int vocabulary)
{
    // Probabilities below e⁻⁶⁴ of the largest don't reach the last bit of their sum in binary64.
    private const double Negligible = -64;

    private readonly int[] _tokens = new int[vocabulary];
    private readonly double[] _order = new double[vocabulary];
    private readonly PriorityQueue<int, (double Score, int Id)> _heap = new();
    private int _count;

    public ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, _count);

    /// <summary>True when no filter was asked for, or the token passed.</summary>
    public bool Holds(int token) => _count == 0 || Tokens.Contains(token);

    /// <returns>False when no filter is asked for: all tokens stay.</returns>
    public bool Filter(double[] scores, int mostLikely, SamplingParameters parameters)
    {
        _count = 0;
        var byRank = parameters.TopK > 0 && parameters.TopK < scores.Length;
        if (!byRank && parameters.TopP >= 1 && parameters.MinP <= 0)
            return false;
        var top = scores[mostLikely];
        if (double.IsInfinity(top))
            return Keep(mostLikely);
        if (byRank)
            KeepTop(scores, parameters.TopK);
        if (parameters.TopP < 1)
            KeepProbable(scores, top, parameters.TopP, byRank);
        else if (!byRank)
            KeepAll();
        KeepLarge(scores, top, parameters.MinP);
        return true;
    }

    private bool Keep(int only)
    {
        (_tokens[0], _count) = (only, 1);
        return true;
    }

    private void KeepAll()
    {
        for (var i = 0; i < _tokens.Length; i++)
            _tokens[i] = i;
        _count = _tokens.Length;
    }

    // Leaves the tokens in order of rank.
    private void KeepTop(double[] scores, int k)
    {
        var heap = _heap;
        heap.Clear();
        for (var token = 0; token < scores.Length; token++)
        {
            var rank = (scores[token], -token);
            if (heap.Count < k)
                heap.Enqueue(token, rank);
            else if (heap.TryPeek(out _, out var least) && rank.CompareTo(least) > 0)
                heap.EnqueueDequeue(token, rank);
        }
        _count = heap.Count;
        for (var i = _count - 1; i >= 0; i--)
            _tokens[i] = heap.Dequeue();
    }

    private void KeepProbable(double[] scores, double top, double wanted, bool ranked)
    {
        var sum = 0.0;
        for (var i = 0; i < (ranked ? _count : scores.Length); i++)
            sum += Weight(scores[ranked ? _tokens[i] : i], top);
        if (!ranked)
            RankPlausible(scores, top, sum * (1 - wanted) / scores.Length);
        var (reached, kept) = (0.0, 0);
        while (kept < _count && reached < wanted * sum)
            reached += Weight(scores[_tokens[kept++]], top);
        _count = Math.Max(1, kept);
    }

    // All tokens below the threshold together weigh less than what top-p drops, so the set is found among the others.
    private void RankPlausible(double[] scores, double top, double threshold)
    {
        _count = 0;
        for (var token = 0; token < scores.Length; token++)
        {
            if (Weight(scores[token], top) < threshold)
                continue;
            _order[_count] = -scores[token];
            _tokens[_count++] = token;
        }
        Array.Sort(_order, _tokens, 0, _count);
        SortTies();
    }

    // Array.Sort is not stable; equal scores are put in order of id.
    private void SortTies()
    {
        for (var start = 0; start < _count;)
        {
            var end = start + 1;
            while (end < _count && _order[end] == _order[start])
                end++;
            if (end - start > 1)
                Array.Sort(_tokens, start, end - start);
            start = end;
        }
    }

    private void KeepLarge(double[] scores, double top, double minP)
    {
        if (minP <= 0)
            return;
        var kept = 0;
        for (var i = 0; i < _count; i++)
        {
            if (Math.Exp(scores[_tokens[i]] - top) >= minP)
                _tokens[kept++] = _tokens[i];
        }
        _count = Math.Max(1, kept);
    }

    private static double Weight(double score, double top) => score - top < Negligible ? 0 : Math.Exp(score - top);
}
