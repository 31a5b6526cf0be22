using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ProofMesh.Inference;

/// <summary>Stored element types to float32; exact for every bit pattern, NaN payloads of halves aside.</summary>
internal static class FloatConversion
{
    public static void ToFloat32(TensorType type, ReadOnlySpan<byte> source, Span<float> target)
    {
        switch (type)
        {
            case TensorType.F32: source.CopyTo(MemoryMarshal.AsBytes(target)); break;
            case TensorType.BF16: FromBFloat16(MemoryMarshal.Cast<byte, ushort>(source), target); break;
            case TensorType.F16: FromHalf(MemoryMarshal.Cast<byte, ushort>(source), target); break;
            case TensorType.I8: FromIntegers(MemoryMarshal.Cast<byte, sbyte>(source), target); break;
            case TensorType.U8: FromIntegers(source, target); break;
            case TensorType.Q8_0: FromBlocks8(source, target); break;
            case TensorType.Q4_0: FromBlocks4(source, target); break;
            default: throw new NotSupportedException($"{type} tensors are indices, not weights.");
        }
    }

    private static void FromBFloat16(ReadOnlySpan<ushort> source, Span<float> target)
    {
        var i = 0;
        for (; i <= source.Length - Vector256<ushort>.Count; i += Vector256<ushort>.Count)
        {
            var (low, high) = Vector256.Widen(Vector256.Create(source[i..]));
            (low << 16).AsSingle().CopyTo(target[i..]);
            (high << 16).AsSingle().CopyTo(target[(i + 8)..]);
        }
        for (; i < source.Length; i++)
            target[i] = BitConverter.UInt32BitsToSingle((uint)source[i] << 16);
    }

    private static void FromHalf(ReadOnlySpan<ushort> source, Span<float> target)
    {
        var i = 0;
        for (; i <= source.Length - Vector256<ushort>.Count; i += Vector256<ushort>.Count)
        {
            var (low, high) = Vector256.Widen(Vector256.Create(source[i..]));
            WidenHalves(low).CopyTo(target[i..]);
            WidenHalves(high).CopyTo(target[(i + 8)..]);
        }
        for (; i < source.Length; i++)
            target[i] = (float)BitConverter.UInt16BitsToHalf(source[i]);
    }

    // Shifted into place, a half reads as a float 2¹¹² too small; one exact product mends normals and subnormals alike.
    private static Vector256<float> WidenHalves(Vector256<uint> halves)
    {
        var magnitude = (halves & Vector256.Create(0x7fffu)) << 13;
        var scaled = (magnitude.AsSingle() * BitConverter.UInt32BitsToSingle((127u + 112u) << 23)).AsUInt32();
        var special = Vector256.GreaterThanOrEqual(magnitude, Vector256.Create(0x7c00u << 13));
        scaled |= special & Vector256.Create(0xffu << 23);
        return (scaled | ((halves & Vector256.Create(0x8000u)) << 16)).AsSingle();
    }

    private static void FromIntegers<T>(ReadOnlySpan<T> source, Span<float> target)
        where T : System.Numerics.INumberBase<T>
    {
        for (var i = 0; i < source.Length; i++)
            target[i] = float.CreateTruncating(source[i]);
    }

    private static void FromBlocks8(ReadOnlySpan<byte> source, Span<float> target)
    {
        for (; target.Length > 0; source = source[34..], target = target[32..])
        {
            var scale = (float)BitConverter.ToHalf(source);
            for (var i = 0; i < 32; i++)
                target[i] = (sbyte)source[2 + i] * scale;
        }
    }

    private static void FromBlocks4(ReadOnlySpan<byte> source, Span<float> target)
    {
        for (; target.Length > 0; source = source[18..], target = target[32..])
        {
            var scale = (float)BitConverter.ToHalf(source);
            for (var i = 0; i < 16; i++)
                (target[i], target[i + 16]) = (((source[2 + i] & 15) - 8) * scale, ((source[2 + i] >> 4) - 8) * scale);
        }
    }
}
