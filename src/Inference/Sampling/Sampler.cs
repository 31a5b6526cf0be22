namespace ProofMesh.Inference;

/// <summary>Chooses tokens exactly as docs/encodings.md defines, in binary64. Used by one thread at a time.</summary>
/// <remarks>1 penalties · 2 temperature · 3 top-k · 4 top-p · 5 min-p · 6 the arg-max of score + noise, ties to the lower id</remarks>
public sealed class Sampler(int vocabulary)
{
    private readonly double[] _scores = new double[vocabulary];
    private readonly CandidateSet _kept = new(vocabulary);

    /// <param name="position">Of the token to choose, counted from the first token of the prompt.</param>
    public int Choose(ReadOnlySpan<float> logits, TokenHistory history, SamplingParameters parameters, int position)
    {
        if (!parameters.Plain)
            return ChooseByScore(logits, history, parameters, position);
        return parameters.Temperature == 0 ? Lots.Largest(logits) : Lots.Draw(logits, parameters.Temperature, new GumbelNoise(parameters.Seed.Span, position));
    }

    /// <summary>Compares an emitted token with the one that would be chosen from these logits.</summary>
    public ReplayedToken Judge(ReadOnlySpan<float> logits, TokenHistory history, SamplingParameters parameters, int position, int emitted)
    {
        var winner = ChooseByScore(logits, history, parameters, position);
        if (winner == emitted)
            return new ReplayedToken(position, emitted, winner, 0);
        if (parameters.Temperature == 0)
            return new ReplayedToken(position, emitted, winner, _scores[winner] - _scores[emitted]);
        if (!_kept.Holds(emitted))
            return new ReplayedToken(position, emitted, winner, double.PositiveInfinity);
        var noise = new GumbelNoise(parameters.Seed.Span, position);
        var margin = _scores[winner] + noise.Of(winner) - _scores[emitted] - noise.Of(emitted);
        return new ReplayedToken(position, emitted, winner, margin);
    }

    private int ChooseByScore(ReadOnlySpan<float> logits, TokenHistory history, SamplingParameters parameters, int position)
    {
        var mostLikely = Score(logits, history, parameters);
        if (parameters.Temperature == 0)
            return mostLikely;
        var noise = new GumbelNoise(parameters.Seed.Span, position);
        return _kept.Filter(_scores, mostLikely, parameters) ? BestOfKept(noise) : BestOfAll(noise, mostLikely);
    }

    private int Score(ReadOnlySpan<float> logits, TokenHistory history, SamplingParameters parameters)
    {
        for (var i = 0; i < _scores.Length; i++)
            _scores[i] = float.IsNaN(logits[i]) ? double.NegativeInfinity : logits[i];
        Penalise(history, parameters);
        var best = 0;
        for (var i = 1; i < _scores.Length; i++)
        {
            if (_scores[i] > _scores[best])
                best = i;
        }
        if (parameters.Temperature is 0 or 1)
            return best;
        double temperature = parameters.Temperature;
        for (var i = 0; i < _scores.Length; i++)
            _scores[i] /= temperature;
        return best;
    }

    private void Penalise(TokenHistory history, SamplingParameters parameters)
    {
        double repetition = parameters.RepetitionPenalty, frequency = parameters.FrequencyPenalty, presence = parameters.PresencePenalty;
        if (repetition == 1 && frequency == 0 && presence == 0)
            return;
        foreach (var (token, count) in history.AnswerCounts)
        {
            var score = _scores[token];
            score = score > 0 ? score / repetition : score * repetition;
            _scores[token] = score - frequency * count - (count > 0 ? presence : 0);
        }
    }

    private int BestOfKept(GumbelNoise noise)
    {
        var (best, bestScore) = (-1, double.NegativeInfinity);
        foreach (var token in _kept.Tokens)
        {
            var score = _scores[token] + noise.Of(token);
            if (best < 0 || score > bestScore || (score == bestScore && token < best))
                (best, bestScore) = (token, score);
        }
        return best;
    }

    // Starting at the most likely token, most others can't win even with the largest noise there is: theirs is never computed.
    private int BestOfAll(GumbelNoise noise, int mostLikely)
    {
        var (best, bestScore) = (mostLikely, _scores[mostLikely] + noise.Of(mostLikely));
        for (var token = 0; token < _scores.Length; token++)
        {
            if (_scores[token] + GumbelNoise.Ceiling < bestScore || token == mostLikely)
                continue;
            var score = _scores[token] + noise.Of(token);
            if (score > bestScore || (score == bestScore && token < best))
                (best, bestScore) = (token, score);
        }
        return best;
    }
}
