using System.Threading.Channels;

namespace ProofMesh.Inference;

/// <summary>One token as the scheduler hands it out; its text is made by whoever reads it.</summary>
/// <param name="Id">−1 with a cancellation.</param>
/// <param name="Ends">It is one of the tokens that end an answer, which have no text.</param>
internal readonly record struct SampledToken(int Id, FinishReason? Finish, bool Ends = false, TokenLogProb? LogProb = null);

/// <summary>A request while it runs: its prompt is read in pieces, then each step samples a token.</summary>
internal sealed class Generation : Job
{
    private readonly GenerateRequest _request;
    private readonly IReadOnlyList<int> _endTokens;
    private readonly int _readAhead;
    private readonly TokenHistory _history;
    private readonly Channel<SampledToken> _channel;
    private readonly Constraint? _constraint;
    private readonly Func<int, byte[]> _piece;
    private readonly Drafting _drafting = new();
    private readonly int[] _guesses = new int[Drafting.MaxGuesses];
    private Sequence? _draft;
    private int _state;

    /// <param name="piece">A token's bytes.</param>
    public Generation(GenerateRequest request, IReadOnlyList<int> endTokens, int readAhead, Constraint? constraint = null, Func<int, byte[]>? piece = null)
        : base(request.Prompt, request.Prompt.Count + request.MaxTokens, request.Priority, request.CacheScope)
    {
        (_request, _endTokens, _readAhead) = (request, endTokens, readAhead);
        (_constraint, _state, _piece) = (constraint, constraint?.Start ?? 0, piece ?? (static _ => []));
        _history = new TokenHistory(request.Prompt);
        // What is read ahead, what a step's guesses add, and the notice of a cancellation.
        _channel = Channel.CreateBounded<SampledToken>(new BoundedChannelOptions(readAhead + Drafting.MaxGuesses + 1) { SingleReader = true, SingleWriter = true });
    }

    public ChannelReader<SampledToken> Tokens => _channel.Reader;

    public override bool Ready => _channel.Reader.Count < _readAhead;

    /// <summary>Guesses that a draft model may still add.</summary>
    public int WantsDraft { get; private set; }

    protected override int FirstRow => Count - 1;

    protected override int MaxRows => 1 + Guessed;

    // The last token that an answer may have is never guessed.
    public override void Guess(StepCost cost, int answering)
    {
        var most = Math.Min(_drafting.Worth(cost, answering), Rest.Length - 1);
        Guessed = most > 0 ? Drafting.LookUp(Text, Rest[..most]) : 0;
        WantsDraft = Guessed == 0 && _constraint is null ? most : 0;
    }

    /// <returns>False when the draft model's cache has no room.</returns>
    public bool OpenDraft(ModelRunner runner)
    {
        _draft ??= runner.Open(Capacity);
        _draft.Truncate(Math.Min(_draft.Length, Count - 1));
        if (_draft.TryReserve(Count + WantsDraft - _draft.Length))
            return true;
        CloseDraft();
        return false;
    }

    public SequenceStep NextDraft() => new(_draft!, Known(_draft!.Length, Count + Guessed), 1);

    public void AcceptDraft(Sampler sampler, ReadOnlySpan<float> logits)
    {
        Rest[Guessed] = sampler.Choose(logits, _history, _request.Sampling, Count + Guessed);
        Guessed++;
        WantsDraft--;
    }

    // Each row's token is drawn as if it stood alone; a guess only spares the step that would have computed its row.
    public override void Accept(Sampler sampler, Span<float> logits, int rows)
    {
        var size = logits.Length / rows;
        Rest[..(rows - 1)].CopyTo(_guesses);
        for (var row = 0; row < rows && !Ended; row++)
        {
            var token = Sample(sampler, logits.Slice(row * size, size));
            if (row == rows - 1)
                break;
            _drafting.Note(token == _guesses[row]);
            if (token != _guesses[row])
                break;
        }
        Guessed = 0;
        Sequence!.Truncate(Count - 1);
    }

    private int Sample(Sampler sampler, Span<float> logits)
    {
        var raw = _request.TopLogProbs is null || _constraint is null ? logits : logits.ToArray();
        _constraint?.Apply(_state, logits);
        var token = sampler.Choose(logits, _history, _request.Sampling, Count);
        _history.Add(token);
        Append(token);
        var ends = _endTokens.Contains(token);
        if (_constraint is not null && !ends)
            _state = _constraint.Advance(_state, _piece(token));
        var complete = ends || (_constraint?.IsComplete(_state) ?? false);
        FinishReason? finish = complete ? FinishReason.Stop : Count == Capacity ? FinishReason.Length : null;
        Emit(new SampledToken(token, finish, ends, _request.TopLogProbs is { } top ? TokenLogProb.Of(raw, token, top) : null));
        return token;
    }

    public override void Release()
    {
        base.Release();
        CloseDraft();
    }

    public override void DropGuesses() => (Guessed, WantsDraft) = (0, 0);

    private void CloseDraft()
    {
        WantsDraft = 0;
        _draft?.Dispose();
        _draft = null;
    }

    public override void EndCancelled() => Emit(new SampledToken(-1, FinishReason.Cancelled));

    public override void Fail(Exception fault)
    {
        Ended = true;
        _channel.Writer.TryComplete(fault);
    }

    private void Emit(SampledToken token)
    {
        _channel.Writer.TryWrite(token);
        if (token.Finish is null)
            return;
        Ended = true;
        _channel.Writer.TryComplete();
    }
}
