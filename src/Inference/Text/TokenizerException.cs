namespace ProofMesh.Inference;

/// <summary>A tokenizer.json that can't be used; the message names the part that is wrong or not supported.</summary>
public sealed class TokenizerException : Exception
{
    public TokenizerException()
    {
    }

    public TokenizerException(string message) : base(message)
    {
    }

    public TokenizerException(string message, Exception inner) : base(message, inner)
    {
    }
}
