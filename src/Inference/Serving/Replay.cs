namespace ProofMesh.Inference;

/// <summary>Somebody's answer while it is checked: its tokens are forced, and each is compared with the one that wins here.</summary>
/// <remarks>The last token of the answer is judged, never computed.</remarks>
internal sealed class Replay(IReadOnlyList<int> prompt, IReadOnlyList<int> answer, SamplingParameters sampling, Constraint? constraint, Func<int, byte[]> piece)
    : Job([.. prompt, .. answer.SkipLast(1)], prompt.Count + answer.Count, priority: 0, scope: default)
{
    private readonly TokenHistory _history = new(prompt);
    private readonly List<ReplayedToken> _judged = [];
    private int _state = constraint?.Start ?? 0;
    private readonly TaskCompletionSource<IReadOnlyList<ReplayedToken>> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<IReadOnlyList<ReplayedToken>> Result => _result.Task;

    protected override int MaxRows => 32;

    protected override int FirstRow => prompt.Count - 1 + _judged.Count;

    public override void Accept(Sampler sampler, Span<float> logits, int rows)
    {
        var size = logits.Length / rows;
        for (var row = 0; row < rows; row++)
        {
            var emitted = answer[_judged.Count];
            var scores = logits.Slice(row * size, size);
            constraint?.Apply(_state, scores);
            _judged.Add(sampler.Judge(scores, _history, sampling, prompt.Count + _judged.Count, emitted));
            _history.Add(emitted);
            _state = constraint?.Follow(_state, piece(emitted)) ?? 0;
        }
        if (_judged.Count < answer.Count)
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
