using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ProofMesh.Inference;

/// <summary>Philox-4x32-10: random words from a counter and a key, in any order (Salmon et al., SC 2011).</summary>
internal static class Philox
{
    private const int Rounds = 10;

    public static (uint X0, uint X1, uint X2, uint X3) Block(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var left = 0xD2511F53ul * c0;
            var right = 0xCD9E8D57ul * c2;
            (c0, c1, c2, c3) = ((uint)(right >> 32) ^ c1 ^ k0, (uint)right, (uint)(left >> 32) ^ c3 ^ k1, (uint)left);
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }
        return (c0, c1, c2, c3);
    }

    /// <summary>Eight blocks at a time: each lane holds 32 bits.</summary>
    public static void Blocks(ref Vector512<ulong> c0, ref Vector512<ulong> c1, ref Vector512<ulong> c2, ref Vector512<ulong> c3, uint k0, uint k1)
    {
        var low = Vector512.Create(0xFFFFFFFFul);
        for (var round = 0; round < Rounds; round++)
        {
            var left = Product(c0, 0xD2511F53);
            var right = Product(c2, 0xCD9E8D57);
            (c0, c1, c2, c3) = ((right >> 32) ^ c1 ^ Vector512.Create((ulong)k0), right & low, (left >> 32) ^ c3 ^ Vector512.Create((ulong)k1), left & low);
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Product(Vector512<ulong> words, uint factor)
    {
        if (Avx512F.IsSupported)
            return Avx512F.Multiply(words.AsUInt32(), Vector512.Create((ulong)factor).AsUInt32());
        return words * Vector512.Create((ulong)factor);
    }
}
