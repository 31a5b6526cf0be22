namespace ProofMesh.Inference;

/// <summary>One step of the decoder, run by all threads together; barriers divide its phases.</summary>
/// <remarks>
/// 1 embed · for each layer: 2 norm · 3 queries, keys, values · 4 rotate and store · 5 attend · 6 output, added ·
/// 7 norm · 8 gate and up · 9 activate · 10 down, added · then 11 final norm · 12 logits
/// </remarks>
internal sealed unsafe class CpuForward(CpuModel model, RotaryTable rotary, int threads) : IDisposable
{
    private const int ActivationPiece = 512;

    private readonly ModelConfig _config = model.Config;
    private readonly Team _team = new(threads);
    private readonly WorkQueue _work = new(model.Config.Layers * PhasesPerLayer + 1, threads);
    private readonly List<(CpuSequence Sequence, int Token, int Position)> _tokens = [];
    private readonly List<int> _logitTokens = [];
    private CpuWorkspace? _space;

    private const int PhasesPerLayer = 5;

    /// <summary>logits: [rows, vocabulary].</summary>
    public void Run(ReadOnlySpan<SequenceStep> batch, Span<float> logits)
    {
        Lay(batch);
        _work.Reset();
        _team.Run(Step);
        for (var row = 0; row < _logitTokens.Count; row++)
            new Span<float>(_space!.Logits(row), _config.Vocabulary).CopyTo(logits[(row * _config.Vocabulary)..]);
    }

    public void Dispose()
    {
        _team.Dispose();
        _space?.Dispose();
    }

    private void Lay(ReadOnlySpan<SequenceStep> batch)
    {
        _tokens.Clear();
        _logitTokens.Clear();
        var longest = 0;
        foreach (var step in batch)
        {
            var position = step.Sequence.Length;
            foreach (var token in step.Tokens.Span)
                _tokens.Add(((CpuSequence)step.Sequence, token, position++));
            for (var row = step.LogitRows; row > 0; row--)
                _logitTokens.Add(_tokens.Count - row);
            longest = Math.Max(longest, position);
        }
        if (_space is not null && _space.Fits(_tokens.Count, _logitTokens.Count, longest))
            return;
        var (tokens, rows, length) = (_tokens.Count, _logitTokens.Count, longest + 256);
        if (_space is not null)
            (tokens, rows, length) = (Math.Max(tokens, _space.Tokens), Math.Max(rows, _space.LogitRows), Math.Max(length, _space.Length));
        _space?.Dispose();
        _space = null;
        _space = new CpuWorkspace(model, tokens, rows, length, threads);
    }

    private void Step(int rank)
    {
        Embed(rank);
        for (var index = 0; index < model.Layers.Count; index++)
            Layer(index, rank);
        Head(rank);
    }

    private void Embed(int rank)
    {
        var space = _space!;
        for (var token = rank; token < _tokens.Count; token += threads)
        {
            var row = new Span<float>(space.Residual(token), _config.Hidden);
            model.Embedding.ReadFloat32(row, (long)_tokens[token].Token * _config.Hidden);
            var angles = space.Angles(token);
            rotary.Fill(_tokens[token].Position, new Span<float>(angles, rotary.Pairs), new Span<float>(angles + rotary.Pairs, rotary.Pairs));
        }
        _team.Barrier();
    }

    private void Layer(int index, int rank)
    {
        var (space, layer, phase) = (_space!, model.Layers[index], index * PhasesPerLayer);
        Norm(layer.InputNorm, rank);
        Multiply(phase, layer.QueryKeyValue, space.Normed, _tokens.Count, space.QueryKeyValue(0), space.QueryKeyValueStride, add: false);
        RotateAndStore(layer, index, rank);
        Attend(phase + 1, index, rank);
        Quantise(space.Attended, rank);
        Multiply(phase + 2, layer.Output, space.Attended, _tokens.Count, space.Residual(0), space.ResidualStride, add: true);
        Norm(layer.PostNorm, rank);
        Multiply(phase + 3, layer.GateUp, space.Normed, _tokens.Count, space.GateUp(0), space.GateUpStride, add: false);
        Activate(rank);
        Multiply(phase + 4, layer.Down, space.Activated, _tokens.Count, space.Residual(0), space.ResidualStride, add: true);
    }

    private void Head(int rank)
    {
        var space = _space!;
        for (var row = rank; row < _logitTokens.Count; row += threads)
        {
            model.FinalNorm.Apply(space.Residual(_logitTokens[row]), space.Final.Row(row), _config.NormEpsilon);
            space.Final.Quantise(row, 0, space.Final.Blocks);
        }
        _team.Barrier();
        if (_logitTokens.Count > 0)
            Multiply(_config.Layers * PhasesPerLayer, model.Head, space.Final, _logitTokens.Count, space.Logits(0), space.LogitStride, add: false);
    }

    private void Norm(NormWeights weights, int rank)
    {
        var space = _space!;
        for (var token = rank; token < _tokens.Count; token += threads)
        {
            weights.Apply(space.Residual(token), space.Normed.Row(token), _config.NormEpsilon);
            space.Normed.Quantise(token, 0, space.Normed.Blocks);
        }
        _team.Barrier();
    }

    private void Multiply(int phase, PackedMatrix matrix, Activations x, int tokens, float* y, int stride, bool add)
    {
        while (_work.Take(phase, matrix.Groups, 4, out var first, out var count))
            matrix.Multiply(x, tokens, first, count, y, stride, add);
        _team.Barrier();
    }

    private void RotateAndStore(CpuLayer layer, int index, int rank)
    {
        var (space, size) = (_space!, _config.HeadSize);
        var keysAt = Lanes.RoundUp(_config.QuerySize);
        var valuesAt = keysAt + Lanes.RoundUp(_config.KeyValueSize);
        for (var token = rank; token < _tokens.Count; token += threads)
        {
            var (sequence, _, position) = _tokens[token];
            var row = space.QueryKeyValue(token);
            var angles = space.Angles(token);
            for (var head = 0; head < _config.Heads; head++)
                Rotate(row + head * size, layer.QueryNorm, angles, space.Scores(rank));
            for (var head = 0; head < _config.KeyValueHeads; head++)
            {
                var key = row + keysAt + head * size;
                Rotate(key, layer.KeyNorm, angles, space.Scores(rank));
                sequence.Store(index, head, position, key, row + valuesAt + head * size, size);
            }
        }
        _team.Barrier();
    }

    private void Rotate(float* head, NormWeights? norm, float* angles, float* scratch)
    {
        var (size, pairs) = (_config.HeadSize, rotary.Pairs);
        if (norm is not null)
        {
            new Span<float>(head, size).CopyTo(new Span<float>(scratch, size));
            new Span<float>(scratch + size, Lanes.RoundUp(size) - size).Clear();
            norm.Apply(scratch, scratch, _config.NormEpsilon);
            new Span<float>(scratch, size).CopyTo(new Span<float>(head, size));
        }
        for (var i = 0; i < pairs; i++)
        {
            var (a, b, cos, sin) = (head[i], head[i + pairs], angles[i], angles[i + pairs]);
            head[i] = a * cos - b * sin;
            head[i + pairs] = b * cos + a * sin;
        }
    }

    private void Attend(int phase, int layer, int rank)
    {
        while (_work.Take(phase, _tokens.Count * _config.Heads, 1, out var first, out var count))
        {
            for (var unit = first; unit < first + count; unit++)
                AttendHead(layer, unit / _config.Heads, unit % _config.Heads, rank);
        }
        _team.Barrier();
    }

    private void AttendHead(int layer, int token, int head, int rank)
    {
        var (space, size) = (_space!, _config.HeadSize);
        var (sequence, _, position) = _tokens[token];
        var source = head / (_config.Heads / _config.KeyValueHeads);
        float* scores = space.Scores(rank), query = scores + space.Length, result = query + space.HeadStride;
        new Span<float>(space.QueryKeyValue(token) + head * size, size).CopyTo(new Span<float>(query, size));
        Attention.Attend(query, sequence.Keys(layer, source), sequence.Values(layer, source), scores, result, position + 1, space.HeadStride, 1f / MathF.Sqrt(size));
        new Span<float>(result, size).CopyTo(new Span<float>(space.Attended.Row(token) + head * size, size));
    }

    private void Quantise(Activations rows, int rank)
    {
        if (!model.Quantised)
            return;
        for (var token = rank; token < _tokens.Count; token += threads)
            rows.Quantise(token, 0, rows.Blocks);
        _team.Barrier();
    }

    private void Activate(int rank)
    {
        var space = _space!;
        var (width, upAt) = (Lanes.RoundUp(_config.Intermediate), Lanes.RoundUp(_config.Intermediate));
        var pieces = (width + ActivationPiece - 1) / ActivationPiece;
        for (var unit = rank; unit < _tokens.Count * pieces; unit += threads)
        {
            var (token, start) = (unit / pieces, unit % pieces * ActivationPiece);
            var count = Math.Min(ActivationPiece, width - start);
            var gate = space.GateUp(token) + start;
            Lanes.SwiGlu(gate, gate + upAt, space.Activated.Row(token) + start, count);
            space.Activated.Quantise(token, start / Activations.Block, (start + count + Activations.Block - 1) / Activations.Block);
        }
        _team.Barrier();
    }
}
