namespace ProofMesh.Inference;

/// <summary>A fault in a template before its line is known to the one who throws.</summary>
internal sealed class TemplateFault(string message) : Exception(message)
{
    public bool RefusedByTemplate { get; init; }
}
