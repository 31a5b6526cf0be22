using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ProofMesh.Inference;

/// <summary>How the numbers of a key or value are kept.</summary>
internal unsafe interface ICacheFormat
{
    /// <summary>Bytes of a number.</summary>
    static abstract int Size { get; }

    /// <summary>Whether 16 floats follow the numbers of a block: the scale of each position.</summary>
    static abstract bool Scaled { get; }

    /// <summary>Sixteen numbers from a place on, not scaled.</summary>
    static abstract Vector512<float> Load(byte* numbers, int place);

    static abstract void Store(byte* numbers, int place, float value);
}

internal readonly unsafe struct Float32Cache : ICacheFormat
{
    public static int Size => sizeof(float);

    public static bool Scaled => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(byte* numbers, int place) => Vector512.Load((float*)numbers + place);

    public static void Store(byte* numbers, int place, float value) => ((float*)numbers)[place] = value;
}

internal readonly unsafe struct BFloat16Cache : ICacheFormat
{
    public static int Size => sizeof(ushort);

    public static bool Scaled => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(byte* numbers, int place)
    {
        var brains = Vector256.Load((ushort*)numbers + place);
        var wide = Avx512F.IsSupported
            ? Avx512F.ConvertToVector512UInt32(brains)
            : Vector512.Create(Vector256.WidenLower(brains), Vector256.WidenUpper(brains));
        return (wide << 16).AsSingle();
    }

    public static void Store(byte* numbers, int place, float value) => ((ushort*)numbers)[place] = BFloat16.Round(value);
}

/// <summary>A byte, −127 to 127, and a scale per position and head.</summary>
internal readonly unsafe struct ByteCache : ICacheFormat
{
    public static int Size => sizeof(sbyte);

    public static bool Scaled => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(byte* numbers, int place)
    {
        var bytes = (sbyte*)numbers + place;
        if (Avx512F.IsSupported)
            return Avx512F.ConvertToVector512Single(Avx512F.ConvertToVector512Int32(Vector128.Load(bytes)));
        if (Avx2.IsSupported)
            return Vector512.Create(Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(bytes)), Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(bytes + 8)));
        var (low, high) = Vector128.Widen(Vector128.Load(bytes));
        return Vector512.ConvertToSingle(Vector512.Create(
            Vector256.Create(Vector128.WidenLower(low), Vector128.WidenUpper(low)),
            Vector256.Create(Vector128.WidenLower(high), Vector128.WidenUpper(high))));
    }

    public static void Store(byte* numbers, int place, float value) => ((sbyte*)numbers)[place] = (sbyte)MathF.Round(value);
}
