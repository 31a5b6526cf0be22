namespace ProofMesh.Inference;

/// <summary>One sequence that the scheduler steps. All members but Cancel run on the scheduler's thread.</summary>
internal abstract class Job(int capacity)
{
    private volatile bool _cancelled;

    /// <summary>Tokens of cache that it may come to need.</summary>
    public int Capacity { get; } = capacity;

    /// <summary>The same in whole blocks of the cache.</summary>
    public int Room => BlockPool.BlocksFor(Capacity) * BlockPool.Tokens;

    public Sequence? Sequence { get; set; }

    public bool Cancelled => _cancelled;

    public bool Ended { get; protected set; }

    /// <summary>False while its reader is behind.</summary>
    public virtual bool Ready => true;

    /// <summary>Tokens that wait to be computed: 1 while it answers.</summary>
    public abstract int PendingTokens { get; }

    /// <summary>Rows of logits that it may ask for in one step.</summary>
    public virtual int MaxLogitRows => 1;

    public void Cancel() => _cancelled = true;

    /// <param name="most">At least 1.</param>
    public abstract SequenceStep Next(int most);

    /// <summary>Takes the logits that <see cref="Next"/> asked for, row after row.</summary>
    public abstract void Accept(Sampler sampler, ReadOnlySpan<float> logits);

    /// <summary>Tells the waiting caller that the job was cancelled.</summary>
    public abstract void EndCancelled();

    /// <summary>Tells the waiting caller that the step failed.</summary>
    public abstract void Fail(Exception fault);
}
