namespace ProofMesh.Inference;

/// <summary>Element types that a checkpoint may hold, as safetensors or GGUF name them.</summary>
public enum TensorType
{
    F32,
    F16,
    BF16,
    I8,
    U8,
    I32,
    I64,

    /// <summary>GGUF: 32 signed bytes after a half that scales them.</summary>
    Q8_0,

    /// <summary>GGUF: 32 half bytes, 8 standing for zero, after a half that scales them; the first 16 are the lower halves.</summary>
    Q4_0,
}

internal static class TensorTypes
{
    /// <summary>Of a block.</summary>
    public static int Bytes(this TensorType type) => type switch
    {
        TensorType.F32 or TensorType.I32 => 4,
        TensorType.F16 or TensorType.BF16 => 2,
        TensorType.I64 => 8,
        TensorType.Q8_0 => 34,
        TensorType.Q4_0 => 18,
        _ => 1,
    };

    /// <summary>Elements of a block.</summary>
    public static int Elements(this TensorType type) => type is TensorType.Q8_0 or TensorType.Q4_0 ? 32 : 1;

    /// <summary>By its name in safetensors.</summary>
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

    /// <summary>By its number in GGUF.</summary>
    public static TensorType? OfGguf(uint number) => number switch
    {
        0 => TensorType.F32,
        1 => TensorType.F16,
        2 => TensorType.Q4_0,
        8 => TensorType.Q8_0,
        24 => TensorType.I8,
        26 => TensorType.I32,
        27 => TensorType.I64,
        30 => TensorType.BF16,
        _ => null,
    };
}
