namespace ProofMesh.Inference;

/// <summary>A config.json that this engine can't run; the message names the field, its value and what is accepted.</summary>
public sealed class ModelConfigException : Exception
{
    public ModelConfigException()
    {
    }

    public ModelConfigException(string message) : base(message)
    {
    }

    public ModelConfigException(string message, Exception inner) : base(message, inner)
    {
    }
}
