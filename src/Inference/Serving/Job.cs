namespace ProofMesh.Inference;

/// <summary>One text that the scheduler steps: a prompt, and what is known of its answer. All members but Cancel run on the scheduler's thread.</summary>
/// <remarks>
/// The text's tokens are known but the cache may hold only the first of them: a prompt that is still read, a text that
/// lost its cache. What is missing is computed again, with the same result.
/// </remarks>
internal abstract class Job
{
    /// <summary>Each step of priority is worth so many milliseconds of waiting.</summary>
    public const int PriorityMilliseconds = 5_000;

    private readonly int[] _text;
    private readonly ReadOnlyMemory<byte> _scope;
    private volatile bool _cancelled;
    private bool _preempted;

    /// <param name="known">The tokens that are known from the start.</param>
    /// <param name="capacity">Tokens that the text may come to have.</param>
    protected Job(IReadOnlyList<int> known, int capacity, int priority, ReadOnlyMemory<byte> scope)
    {
        (_text, Count, PromptLength, Priority, _scope) = (new int[capacity], known.Count, known.Count, priority, scope);
        for (var i = 0; i < known.Count; i++)
            _text[i] = known[i];
    }

    public int Priority { get; }

    /// <summary>When it would have come had all come with equal priority, in milliseconds: the earlier goes first. Set when it is queued.</summary>
    public long Due { get; set; }

    public int Capacity => _text.Length;

    /// <summary>Known tokens.</summary>
    public int Count { get; private set; }

    public int PromptLength { get; }

    /// <summary>Tokens of the prompt that another request had computed.</summary>
    public int CachedTokens { get; private set; }

    /// <summary>Null while it waits.</summary>
    public Sequence? Sequence { get; private set; }

    /// <summary>Known tokens that wait to be computed: 1 while it answers.</summary>
    public int Pending => Count - (Sequence?.Length ?? 0);

    /// <summary>Tokens after the known ones that are only guessed: computed with them, and kept when they turn out right.</summary>
    public int Guessed { get; protected set; }

    public bool Cancelled => _cancelled;

    public bool Ended { get; protected set; }

    /// <summary>False while its reader is behind.</summary>
    public virtual bool Ready => true;

    /// <summary>Whether a single token is left to compute, as in every step of an answer.</summary>
    public bool Answers => Pending == 1;

    /// <summary>Rows of logits that it asks for in one step at most.</summary>
    protected virtual int MaxRows => 1;

    /// <summary>The first position whose logits it wants.</summary>
    protected abstract int FirstRow { get; }

    public ReadOnlySpan<int> Text => _text.AsSpan(0, Count);

    /// <summary>Room behind the known tokens.</summary>
    protected Span<int> Rest => _text.AsSpan(Count);

    public void Cancel() => _cancelled = true;

    public void Open(ModelRunner runner) => Sequence = runner.Open(Capacity, _scope.Span);

    /// <summary>Takes over what another text with the same beginning has computed.</summary>
    public void Adopt()
    {
        var adopted = Sequence!.Adopt(Text);
        if (!_preempted)
            CachedTokens += adopted;
    }

    /// <summary>Gives up its place and its cache; it goes on later from where it is.</summary>
    public void Preempt()
    {
        Release();
        _preempted = true;
    }

    public virtual void Release()
    {
        DropGuesses();
        Sequence?.Dispose();
        Sequence = null;
    }

    /// <summary>Tokens that it would have computed in a step of at most so many.</summary>
    public int Wish(int most)
    {
        var silent = Math.Max(0, FirstRow - Sequence!.Length);
        return Math.Min(most, Math.Min(Pending + Guessed, silent + MaxRows));
    }

    /// <param name="tokens">At most what it wished for.</param>
    public SequenceStep Next(int tokens)
    {
        var start = Sequence!.Length;
        var rows = Math.Max(0, start + tokens - Math.Max(FirstRow, start));
        return new SequenceStep(Sequence, _text.AsMemory(start, tokens), rows);
    }

    /// <summary>Guesses what comes next, where that is likely to pay.</summary>
    public virtual void Guess(StepCost cost, int answering)
    {
    }

    public virtual void DropGuesses() => Guessed = 0;

    /// <summary>Takes the logits that <see cref="Next"/> asked for, row after row.</summary>
    public abstract void Accept(Sampler sampler, Span<float> logits, int rows);

    /// <summary>Tells the waiting caller that it was cancelled.</summary>
    public abstract void EndCancelled();

    /// <summary>Tells the waiting caller that the step failed.</summary>
    public abstract void Fail(Exception fault);

    protected ReadOnlyMemory<int> Known(int start, int end) => _text.AsMemory(start, end - start);

    protected void Append(int token) => _text[Count++] = token;
}
