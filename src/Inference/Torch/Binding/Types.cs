namespace ProofMesh.Inference.Torch.Binding;

internal enum DeviceType
{
    CPU = 0,
    CUDA = 1,
}

internal static partial class torch
{
    /// <summary>Element types, with libtorch's own numbers.</summary>
    internal enum ScalarType : sbyte
    {
        Byte = 0,
        Int8 = 1,
        Int16 = 2,
        Int32 = 3,
        Int64 = 4,
        Float16 = 5,
        Float32 = 6,
        Float64 = 7,
        Bool = 11,
        BFloat16 = 15,
    }

    internal static readonly ScalarType uint8 = ScalarType.Byte;
    internal static readonly ScalarType int32 = ScalarType.Int32;
    internal static readonly ScalarType int64 = ScalarType.Int64;
    internal static readonly ScalarType float16 = ScalarType.Float16;
    internal static readonly ScalarType float32 = ScalarType.Float32;
    internal static readonly ScalarType float64 = ScalarType.Float64;
    internal static readonly ScalarType bfloat16 = ScalarType.BFloat16;
    internal static readonly ScalarType @bool = ScalarType.Bool;

    /// <summary>Where a tensor lies: "cpu", "cuda" or "cuda:1".</summary>
    internal sealed record Device(DeviceType type, int index = -1)
    {
        public override string ToString() => index < 0 ? type.ToString().ToLowerInvariant() : $"{type.ToString().ToLowerInvariant()}:{index}";
    }

    internal static Device CPU { get; } = new(DeviceType.CPU);
    internal static Device CUDA { get; } = new(DeviceType.CUDA);

    internal static Device device(string description)
    {
        var parts = description.Split(':');
        var index = -1;
        if (parts.Length > 2 || (parts.Length == 2 && (!int.TryParse(parts[1], out index) || index < 0)))
            throw new ArgumentException($"\"{description}\" is not a device: expected \"cpu\", \"cuda\" or \"cuda:0\"", nameof(description));
        return parts[0] switch
        {
            "cpu" => new Device(DeviceType.CPU, index),
            "cuda" => new Device(DeviceType.CUDA, index),
            _ => throw new ArgumentException($"\"{description}\" is not a device: expected \"cpu\", \"cuda\" or \"cuda:0\"", nameof(description)),
        };
    }
}
