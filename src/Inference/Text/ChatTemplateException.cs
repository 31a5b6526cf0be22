namespace ProofMesh.Inference;

/// <summary>A chat template that can't be read or doesn't take this conversation; the message names the line.</summary>
public sealed class ChatTemplateException : Exception
{
    public ChatTemplateException()
    {
    }

    public ChatTemplateException(string message) : base(message)
    {
    }

    public ChatTemplateException(string message, Exception inner) : base(message, inner)
    {
    }

    /// <summary>The template itself refused the conversation (roles out of order, for instance): the caller's fault, not the model's.</summary>
    public bool RefusedByTemplate { get; init; }
}
