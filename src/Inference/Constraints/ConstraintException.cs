namespace ProofMesh.Inference;

/// <summary>A schema or pattern that can't be kept to; the message names the place in it and what is supported.</summary>
public sealed class ConstraintException : Exception
{
    public ConstraintException()
    {
    }

    public ConstraintException(string message) : base(message)
    {
    }

    public ConstraintException(string message, Exception inner) : base(message, inner)
    {
    }
}
