namespace ProofMesh.Inference;

/// <summary>One text inside a runner: the keys and values of its tokens so far. Disposing it frees the cache.</summary>
public abstract class Sequence(int capacity) : IDisposable
{
    /// <summary>Tokens that its cache can hold.</summary>
    public int Capacity { get; } = capacity;

    /// <summary>Tokens in the cache; the next token takes this position.</summary>
    public int Length { get; internal set; }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
