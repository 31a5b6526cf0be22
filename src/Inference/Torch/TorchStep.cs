namespace ProofMesh.Inference.Torch;

/// <summary>One sequence's rows in a packed batch.</summary>
/// <param name="Start">Its first row.</param>
/// <param name="Length">Of the sequence, these rows included.</param>
/// <param name="First">Where it lies in the cache, when it lies in one piece.</param>
/// <param name="Places">[length]: where each position lies in the cache; null when it lies in one piece.</param>
/// <param name="Mask">[group · count, length], 0 where a key is seen and −∞ where it lies ahead; null for a single token.</param>
internal readonly record struct TorchSpan(int Start, int Count, int Length, int First, torch.Tensor? Places, torch.Tensor? Mask);

/// <summary>A batch as tensors: all tokens of all sequences in one row after the other, so that each weight is read once.</summary>
internal sealed class TorchStep
{
    private readonly ModelConfig _config;
    private readonly TorchModel _model;

    public TorchStep(ModelConfig config, TorchModel model, RotaryTable rotary, ReadOnlySpan<SequenceStep> batch, int past)
    {
        (_config, _model) = (config, model);
        var tokens = new List<long>();
        var positions = new List<int>();
        var rows = new List<long>();
        foreach (var step in batch)
        {
            Spans.Add(Span(step, tokens.Count, past));
            foreach (var token in step.Tokens.Span)
            {
                positions.Add(past + step.Sequence.Length + positions.Count - Spans[^1].Start);
                tokens.Add(token);
            }
            for (var row = tokens.Count - step.LogitRows; row < tokens.Count; row++) rows.Add(row);
        }
        Tokens = torch.tensor(tokens.ToArray(), device: model.Device);
        Rows = rows.Count == tokens.Count ? null : torch.tensor(rows.ToArray(), device: model.Device);
        RowCount = rows.Count;
        (Cosine, Sine) = Angles(rotary, positions);
    }

    /// <summary>[tokens].</summary>
    public torch.Tensor Tokens { get; }

    /// <summary>[tokens, 1, head size].</summary>
    public torch.Tensor Cosine { get; }

    /// <summary>[tokens, 1, head size]; the first half is negated, as the rotation of a pair wants it.</summary>
    public torch.Tensor Sine { get; }

    /// <summary>Which tokens' logits are wanted; null: all.</summary>
    public torch.Tensor? Rows { get; }

    public int RowCount { get; }

    public List<TorchSpan> Spans { get; } = [];

    private TorchSpan Span(in SequenceStep step, int start, int computed)
    {
        var (past, count) = (computed + step.Sequence.Length, step.Tokens.Length);
        var blocks = step.Sequence.Blocks;
        return new TorchSpan(start, count, past + count, blocks[0] * BlockPool.Tokens, Places(blocks, past + count), count == 1 ? null : Mask(past, count));
    }

    private torch.Tensor? Places(ReadOnlySpan<int> blocks, int length)
    {
        var piece = 1;
        while (piece < blocks.Length && blocks[piece] == blocks[piece - 1] + 1) piece++;
        if (piece == blocks.Length) return null;
        var places = new long[length];
        for (var i = 0; i < length; i++) places[i] = blocks[i / BlockPool.Tokens] * (long)BlockPool.Tokens + i % BlockPool.Tokens;
        return torch.tensor(places, device: _model.Device);
    }

    // The query heads that share a key head are rows of one attention, so that keys are neither copied nor expanded.
    private torch.Tensor Mask(int past, int count)
    {
        var group = _config.Heads / _config.KeyValueHeads;
        var length = past + count;
        long[] shape = [count, length];
        var ahead = torch.full(shape, float.NegativeInfinity, _model.Type, _model.Device).triu(past + 1);
        return ahead.unsqueeze(0).expand(group, count, length).reshape(group * count, length);
    }

    private (torch.Tensor Cosine, torch.Tensor Sine) Angles(RotaryTable rotary, List<int> positions)
    {
        var width = _config.HeadSize;
        var cosine = new float[positions.Count * width];
        var sine = new float[positions.Count * width];
        for (var i = 0; i < positions.Count; i++)
        {
            var c = cosine.AsSpan(i * width, width);
            var s = sine.AsSpan(i * width, width);
            rotary.Fill(positions[i], c, s);
            c[..rotary.Pairs].CopyTo(c[rotary.Pairs..]);
            s[..rotary.Pairs].CopyTo(s[rotary.Pairs..]);
            for (var pair = 0; pair < rotary.Pairs; pair++) s[pair] = -s[pair];
        }
        long[] shape = [positions.Count, 1, width];
        return (torch.tensor(cosine, shape, device: _model.Device), torch.tensor(sine, shape, device: _model.Device));
    }
}
