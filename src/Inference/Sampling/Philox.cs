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

    /// <summary>Eight blocks at a time in each of four groups, whose rounds don't wait for each other; a lane holds 32 bits.</summary>
    /// <param name="counter">The first counter word of the first group's blocks; each group begins eight further on.</param>
    public static void Blocks(Vector512<ulong> counter, uint c1, uint c2, uint c3, uint k0, uint k1, out Lanes8 a, out Lanes8 b, out Lanes8 c, out Lanes8 d)
    {
        var eight = Vector512.Create(8ul);
        var (s1, s2, s3) = (Vector512.Create((ulong)c1), Vector512.Create((ulong)c2), Vector512.Create((ulong)c3));
        var (x, y) = (new Lanes8(counter, s1, s2, s3), new Lanes8(counter + eight, s1, s2, s3));
        var (z, w) = (new Lanes8(counter + eight + eight, s1, s2, s3), new Lanes8(counter + eight + eight + eight, s1, s2, s3));
        for (var round = 0; round < Rounds; round++)
        {
            var (first, second) = (Vector512.Create((ulong)k0), Vector512.Create((ulong)k1));
            x = Round(x, first, second);
            y = Round(y, first, second);
            z = Round(z, first, second);
            w = Round(w, first, second);
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }
        (a, b, c, d) = (x, y, z, w);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Lanes8 Round(Lanes8 x, Vector512<ulong> k0, Vector512<ulong> k1)
    {
        var low = Vector512.Create(0xFFFFFFFFul);
        var left = Product(x.X0, 0xD2511F53);
        var right = Product(x.X2, 0xCD9E8D57);
        return new Lanes8((right >> 32) ^ x.X1 ^ k0, right & low, (left >> 32) ^ x.X3 ^ k1, left & low);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Product(Vector512<ulong> words, uint factor)
    {
        if (Avx512F.IsSupported)
            return Avx512F.Multiply(words.AsUInt32(), Vector512.Create((ulong)factor).AsUInt32());
        return words * Vector512.Create((ulong)factor);
    }
}

/// <summary>The four words of eight blocks.</summary>
internal readonly struct Lanes8(Vector512<ulong> x0, Vector512<ulong> x1, Vector512<ulong> x2, Vector512<ulong> x3)
{
    public readonly Vector512<ulong> X0 = x0;
    public readonly Vector512<ulong> X1 = x1;
    public readonly Vector512<ulong> X2 = x2;
    public readonly Vector512<ulong> X3 = x3;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<ulong> Reach(Vector512<ulong> least) =>
        Vector512.GreaterThanOrEqual(X0, least) | Vector512.GreaterThanOrEqual(X1, least) | Vector512.GreaterThanOrEqual(X2, least) | Vector512.GreaterThanOrEqual(X3, least);

    public void CopyTo(Span<ulong> words)
    {
        X0.CopyTo(words);
        X1.CopyTo(words[8..]);
        X2.CopyTo(words[16..]);
        X3.CopyTo(words[24..]);
    }
}
