namespace ProofMesh.Inference;

/// <summary>A model folder that can't be used; the message names the file and what is wrong with it.</summary>
public sealed class CheckpointException : Exception
{
    public CheckpointException()
    {
    }

    public CheckpointException(string message) : base(message)
    {
    }

    public CheckpointException(string message, Exception inner) : base(message, inner)
    {
    }
}
