namespace ProofMesh.Inference;

/// <summary>Element types that a checkpoint may hold, as safetensors names them.</summary>
public enum TensorType
{
    F32,
    F16,
    BF16,
    I8,
    U8,
    I32,
    I64,
}

internal static class TensorTypes
{
    public static int Size(this TensorType type) => type switch
    {
        TensorType.F32 or TensorType.I32 => 4,
        TensorType.F16 or TensorType.BF16 => 2,
        TensorType.I64 => 8,
        _ => 1,
    };

    public static TensorType? Parse(string name) => name switch
    {
        "F32" => TensorType.F32,
        "F16" => TensorType.F16,
        "BF16" => TensorType.BF16,
        "I8" => TensorType.I8,
        "U8" or "BOOL" => TensorType.U8,
        "I32" => TensorType.I32,
        "I64" => TensorType.I64,
        _ => null,
    };
}
