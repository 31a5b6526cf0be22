using System.Runtime.Intrinsics;

namespace ProofMesh.Inference;

/// <summary>One step of the decoder: the caller goes through its phases, a team shares the units of each.</summary>
/// <remarks>
/// 1 embed · for each layer: 2 norm · 3 queries, keys, values · 4 rotate and store · 5 attend · 6 output, added ·
/// 7 norm · 8 gate and up · 9 activate · 10 down, added · then 11 final norm · 12 logits
/// </remarks>
internal sealed unsafe class CpuForward : IDisposable
{
    private const int ActivationPiece = 512;

    private readonly CpuModel _model;
    private readonly CpuCache _cache;
    private readonly AttentionPhases _attention;
    private readonly ModelConfig _config;
    private readonly RotaryTable _rotary;
    private readonly Team _team;
    private readonly Phases _phases;
    private readonly List<(Sequence Sequence, int Token, int Position)> _tokens = [];
    private readonly List<int> _logitTokens = [];
    private CpuWorkspace? _space;

    // What the running phase works on; set before it opens, unchanged until its last unit is done.
    private int _layer;
    private NormWeights _norm;
    private Product _product;

    public CpuForward(CpuModel model, CpuCache cache, RotaryTable rotary, int threads)
    {
        (_model, _cache, _config, _rotary, _norm) = (model, cache, model.Config, rotary, model.FinalNorm);
        _team = new Team(threads);
        _attention = new AttentionPhases(_config, cache, model.Format, threads);
        _phases = new Phases(Embed, Norm, Multiply, RotateAndStore, Attend, FinishAttention, ConvertAttended, Activate, NormFinal);
    }

    private sealed record Phases(
        PhaseBody Embed, PhaseBody Norm, PhaseBody Multiply, PhaseBody Rotate, PhaseBody Attend, PhaseBody Finish, PhaseBody Convert, PhaseBody Activate, PhaseBody NormFinal);

    /// <summary>y = W·x for some tokens, or y += W·x.</summary>
    private struct Product
    {
        public PackedMatrix Matrix;
        public Activations X;
        public int Tokens;
        public float* Y;
        public int Stride;
        public bool Add;
    }

    /// <summary>logits: [rows, vocabulary].</summary>
    public void Run(ReadOnlySpan<SequenceStep> batch, Span<float> logits)
    {
        Lay(batch);
        _team.Run(_phases.Embed, _tokens.Count, 1);
        for (_layer = 0; _layer < _model.Layers.Count; _layer++)
            RunLayer(_model.Layers[_layer]);
        if (_logitTokens.Count > 0)
            RunHead(logits);
    }

    public void Dispose()
    {
        _team.Dispose();
        _attention.Dispose();
        _space?.Dispose();
    }

    private void Lay(ReadOnlySpan<SequenceStep> batch)
    {
        _tokens.Clear();
        _logitTokens.Clear();
        _attention.Clear();
        foreach (var step in batch)
        {
            var position = step.Sequence.Length;
            _attention.Add(step.Sequence, _tokens.Count, step.Tokens.Length);
            foreach (var token in step.Tokens.Span)
                _tokens.Add((step.Sequence, token, position++));
            for (var row = step.LogitRows; row > 0; row--)
                _logitTokens.Add(_tokens.Count - row);
        }
        if (_space is not null && _space.Fits(_tokens.Count, _logitTokens.Count))
            return;
        var (tokens, rows) = (Math.Max(_tokens.Count, _space?.Tokens ?? 0), Math.Max(_logitTokens.Count, _space?.LogitRows ?? 0));
        _space?.Dispose();
        _space = null;
        _space = new CpuWorkspace(_model, tokens, rows, _team.Size);
    }

    private void RunLayer(CpuLayer layer)
    {
        var (space, tokens) = (_space!, _tokens.Count);
        RunNorm(layer.InputNorm);
        RunProduct(layer.QueryKeyValue, space.Normed, tokens, space.QueryKeyValue(0), space.QueryKeyValueStride, add: false);
        _team.Run(_phases.Rotate, tokens, 1);
        _team.Run(_phases.Attend, _attention.Units, 1);
        if (_attention.Split)
            _team.Run(_phases.Finish, _attention.Tiles, 1);
        if (_model.Inputs != InputFormat.Float32)
            _team.Run(_phases.Convert, tokens, 1);
        RunProduct(layer.Output, space.Attended, tokens, space.Residual(0), space.ResidualStride, add: true);
        RunNorm(layer.PostNorm);
        RunProduct(layer.GateUp, space.Normed, tokens, space.GateUp(0), space.GateUpStride, add: false);
        _team.Run(_phases.Activate, tokens * ActivationPieces, 8);
        RunProduct(layer.Down, space.Activated, tokens, space.Residual(0), space.ResidualStride, add: true);
    }

    private void RunHead(Span<float> logits)
    {
        var (space, rows) = (_space!, _logitTokens.Count);
        _team.Run(_phases.NormFinal, rows, 1);
        RunProduct(_model.Head, space.Final, rows, space.Logits(0), space.LogitStride, add: false);
        for (var row = 0; row < rows; row++)
            new Span<float>(space.Logits(row), _config.Vocabulary).CopyTo(logits[(row * _config.Vocabulary)..]);
    }

    private void RunNorm(NormWeights weights)
    {
        _norm = weights;
        _team.Run(_phases.Norm, _tokens.Count, 1);
    }

    private void RunProduct(PackedMatrix matrix, Activations x, int tokens, float* y, int stride, bool add)
    {
        _product = new Product { Matrix = matrix, X = x, Tokens = tokens, Y = y, Stride = stride, Add = add };
        _team.Run(_phases.Multiply, matrix.Groups, 4);
    }

    private void Embed(int first, int count, int rank)
    {
        var space = _space!;
        for (var token = first; token < first + count; token++)
        {
            var row = new Span<float>(space.Residual(token), _config.Hidden);
            _model.Embedding.ReadFloat32(row, (long)_tokens[token].Token * _config.Hidden);
            var angles = new Span<float>(space.Angles(token), 2 * _rotary.Pairs);
            _rotary.Fill(_tokens[token].Position, angles[.._rotary.Pairs], angles[_rotary.Pairs..]);
        }
    }

    private void Norm(int first, int count, int rank)
    {
        var space = _space!;
        for (var token = first; token < first + count; token++)
        {
            _norm.Apply(space.Residual(token), space.Normed.Row(token), _config.NormEpsilon);
            space.Normed.Convert(token, 0, space.Normed.Blocks);
        }
    }

    private void NormFinal(int first, int count, int rank)
    {
        var space = _space!;
        for (var row = first; row < first + count; row++)
        {
            _model.FinalNorm.Apply(space.Residual(_logitTokens[row]), space.Final.Row(row), _config.NormEpsilon);
            space.Final.Convert(row, 0, space.Final.Blocks);
        }
    }

    private void Multiply(int first, int count, int rank) =>
        _product.Matrix.Multiply(_product.X, _product.Tokens, first, count, _product.Y, _product.Stride, _product.Add);

    private void RotateAndStore(int first, int count, int rank)
    {
        var (space, size, layer) = (_space!, _config.HeadSize, _model.Layers[_layer]);
        var keysAt = Lanes.RoundUp(_config.QuerySize);
        var valuesAt = keysAt + Lanes.RoundUp(_config.KeyValueSize);
        for (var token = first; token < first + count; token++)
        {
            var (sequence, _, position) = _tokens[token];
            float* row = space.QueryKeyValue(token), angles = space.Angles(token), scratch = space.Scratch(rank);
            for (var head = 0; head < _config.Heads; head++)
                Rotate(row + head * size, layer.QueryNorm, angles, scratch);
            for (var head = 0; head < _config.KeyValueHeads; head++)
            {
                var key = row + keysAt + head * size;
                Rotate(key, layer.KeyNorm, angles, scratch);
                _cache.Store(_layer, head, sequence.Blocks[position / BlockPool.Tokens], position % BlockPool.Tokens, key, row + valuesAt + head * size, size);
            }
        }
    }

    private void Rotate(float* head, NormWeights? norm, float* angles, float* scratch)
    {
        var (size, pairs) = (_config.HeadSize, _rotary.Pairs);
        if (norm is not null)
        {
            new Span<float>(head, size).CopyTo(new Span<float>(scratch, size));
            new Span<float>(scratch + size, Lanes.RoundUp(size) - size).Clear();
            norm.Apply(scratch, scratch, _config.NormEpsilon);
            new Span<float>(scratch, size).CopyTo(new Span<float>(head, size));
        }
        var pair = 0;
        for (; pair + Lanes.Count <= pairs; pair += Lanes.Count)
        {
            var (a, b, cos, sin) = (Lanes.Load(head + pair), Lanes.Load(head + pair + pairs), Lanes.Load(angles + pair), Lanes.Load(angles + pair + pairs));
            (a * cos - b * sin).Store(head + pair);
            (b * cos + a * sin).Store(head + pair + pairs);
        }
        for (; pair < pairs; pair++)
        {
            var (a, b, cos, sin) = (head[pair], head[pair + pairs], angles[pair], angles[pair + pairs]);
            head[pair] = a * cos - b * sin;
            head[pair + pairs] = b * cos + a * sin;
        }
    }

    private void Attend(int first, int count, int rank)
    {
        for (var unit = first; unit < first + count; unit++)
            _attention.Attend(_layer, unit, rank, _space!);
    }

    private void FinishAttention(int first, int count, int rank)
    {
        for (var tile = first; tile < first + count; tile++)
            _attention.Finish(tile, rank, _space!);
    }

    private void ConvertAttended(int first, int count, int rank)
    {
        for (var token = first; token < first + count; token++)
            _space!.Attended.Convert(token, 0, _space.Attended.Blocks);
    }

    private int ActivationPieces => (_config.Intermediate + ActivationPiece - 1) / ActivationPiece;

    private void Activate(int first, int count, int rank)
    {
        var space = _space!;
        var width = Lanes.RoundUp(_config.Intermediate);
        for (var unit = first; unit < first + count; unit++)
        {
            var (token, start) = (unit / ActivationPieces, unit % ActivationPieces * ActivationPiece);
            var size = Math.Min(ActivationPiece, width - start);
            var gate = space.GateUp(token) + start;
            Lanes.SwiGlu(gate, gate + width, space.Activated.Row(token) + start, size);
            space.Activated.Convert(token, start / Activations.Block, (start + size + Activations.Block - 1) / Activations.Block);
        }
    }
}
