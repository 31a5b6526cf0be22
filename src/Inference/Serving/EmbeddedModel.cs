namespace ProofMesh.Inference;

/// <summary>The small model that ships with this library, in the format of any other.</summary>
public static class EmbeddedModel
{
    /// <summary>Lies beside the program: the build copies it there.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Model");
}
