namespace ProofMesh.Inference;

/// <summary>How a backend keeps a model's matrices.</summary>
public enum WeightFormat
{
    Float32,

    /// <summary>Cpu only: eight bits per weight with a 16-bit scale per 32 weights of a row; inputs in eight bits too.</summary>
    Int8,

    /// <summary>Weights in bfloat16, sums in float32. On the Cpu inputs are rounded to it as well, in Torch the cache is.</summary>
    BFloat16,

    /// <summary>Cpu only: four bits per weight with a 16-bit scale per 32 weights of a row; inputs in eight bits.</summary>
    Int4,
}
