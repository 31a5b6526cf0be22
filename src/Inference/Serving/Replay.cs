namespace ProofMesh.Inference;

/// <summary>Somebody's answer while it is checked: its tokens are forced, and each is compared with the one that wins here.</summary>
internal sealed class Replay : Job
{
    private const int RowsPerStep = 32;

    private readonly int[] _text;
    private readonly int _promptLength;
    private readonly SamplingParameters _sampling;
    private readonly TokenHistory _history;
    private readonly List<ReplayedToken> _judged = [];
    private readonly TaskCompletionSource<IReadOnlyList<ReplayedToken>> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _computed;

    public Replay(IReadOnlyList<int> prompt, IReadOnlyList<int> answer, SamplingParameters sampling)
        : base(prompt.Count + answer.Count)
    {
        _text = [.. prompt, .. answer];
        _promptLength = prompt.Count;
        _sampling = sampling;
        _history = new TokenHistory(prompt);
    }

    public Task<IReadOnlyList<ReplayedToken>> Result => _result.Task;

    // The last token of the answer is judged, never computed.
    public override int PendingTokens => _text.Length - 1 - _computed;

    public override int MaxLogitRows => RowsPerStep;

    public override SequenceStep Next(int most)
    {
        var silent = _promptLength - 1 - _computed;
        var count = Math.Min(most, Math.Min(PendingTokens, Math.Max(silent, 0) + RowsPerStep));
        var step = new SequenceStep(Sequence!, _text.AsMemory(_computed, count), Math.Max(0, count - Math.Max(silent, 0)));
        _computed += count;
        return step;
    }

    public override void Accept(Sampler sampler, ReadOnlySpan<float> logits)
    {
        var rows = _computed - Math.Max(_promptLength - 1, _promptLength - 1 + _judged.Count);
        for (var row = 0; row < rows; row++)
        {
            var size = logits.Length / rows;
            var position = _promptLength + _judged.Count;
            _judged.Add(sampler.Judge(logits.Slice(row * size, size), _history, _sampling, position, _text[position]));
            _history.Add(_text[position]);
        }
        if (PendingTokens > 0)
            return;
        Ended = true;
        _result.TrySetResult(_judged);
    }

    public override void EndCancelled()
    {
        Ended = true;
        _result.TrySetCanceled();
    }

    public override void Fail(Exception fault)
    {
        Ended = true;
        _result.TrySetException(fault);
    }
}
