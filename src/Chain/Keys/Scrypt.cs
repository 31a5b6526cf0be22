using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace ProofMesh.Chain;

/// <summary>The password hash scrypt (RFC 7914). The caller bounds the work: it takes 128 · n · r bytes of memory.</summary>
/// <remarks>
/// Blocks of 64 bytes are kept with their words in the order of Salsa20's diagonals, so that a quarter of the state is one vector;
/// mixing only adds, rotates and xors whole blocks, and so the order is made once and undone once.
/// </remarks>
static class Scrypt
{
    static readonly int[] Diagonals = [0, 5, 10, 15, 4, 9, 14, 3, 8, 13, 2, 7, 12, 1, 6, 11];

    /// <param name="n">Work and memory, a power of two.</param>
    /// <param name="r">Block size in units of 128 bytes.</param>
    /// <param name="p">How often the work is done.</param>
    public static byte[] Generate(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, int n, int r, int p, int length)
    {
        var blocks = Rfc2898DeriveBytes.Pbkdf2(password, salt, 1, HashAlgorithmName.SHA256, checked(128 * r * p));
        var memory = GC.AllocateUninitializedArray<Vector128<uint>>(checked(8 * r * n));
        for (var i = 0; i < p; i++) Mix(MemoryMarshal.Cast<byte, uint>(blocks.AsSpan(128 * r * i, 128 * r)), memory, n);
        Array.Clear(memory);
        return Rfc2898DeriveBytes.Pbkdf2(password, blocks, 1, HashAlgorithmName.SHA256, length);
    }

    // scryptROMix: fill the memory with successive mixes, then walk it in an order that the data itself chooses.
    static void Mix(Span<uint> words, Vector128<uint>[] memory, int n)
    {
        var size = words.Length / 4;
        Vector128<uint>[] state = new Vector128<uint>[size], other = new Vector128<uint>[size];
        var ordered = MemoryMarshal.Cast<Vector128<uint>, uint>(state.AsSpan());
        for (var i = 0; i < words.Length; i++) ordered[i] = words[i & ~15 | Diagonals[i & 15]];
        for (var i = 0; i < n; i++)
        {
            state.CopyTo(memory, i * size);
            BlockMix(state, other);
            (state, other) = (other, state);
        }
        for (var i = 0; i < n; i++)
        {
            var chosen = memory.AsSpan((int)(state[size - 4][0] & (uint)n - 1) * size, size);
            for (var k = 0; k < size; k++) state[k] ^= chosen[k];
            BlockMix(state, other);
            (state, other) = (other, state);
        }
        ordered = MemoryMarshal.Cast<Vector128<uint>, uint>(state.AsSpan());
        for (var i = 0; i < words.Length; i++) words[i & ~15 | Diagonals[i & 15]] = ordered[i];
    }

    // scryptBlockMix: even blocks go to the first half, odd ones to the second.
    static void BlockMix(ReadOnlySpan<Vector128<uint>> input, Span<Vector128<uint>> output)
    {
        var last = input[^4..];
        var (a, b, c, d) = (last[0], last[1], last[2], last[3]);
        for (int i = 0, half = input.Length / 2; i < input.Length; i += 4)
        {
            (a, b, c, d) = Salsa(a ^ input[i], b ^ input[i + 1], c ^ input[i + 2], d ^ input[i + 3]);
            var target = output.Slice(i % 8 == 0 ? i / 2 : half + (i - 4) / 2, 4);
            (target[0], target[1], target[2], target[3]) = (a, b, c, d);
        }
    }

    /// <summary>Salsa20/8: four times a round over the columns and one over the rows.</summary>
    static (Vector128<uint>, Vector128<uint>, Vector128<uint>, Vector128<uint>) Salsa(Vector128<uint> a0, Vector128<uint> b0, Vector128<uint> c0, Vector128<uint> d0)
    {
        var (a, b, c, d) = (a0, b0, c0, d0);
        for (var i = 0; i < 4; i++)
        {
            b ^= Rotate(a + d, 7); c ^= Rotate(b + a, 9); d ^= Rotate(c + b, 13); a ^= Rotate(d + c, 18);
            (b, c, d) = (Vector128.Shuffle(b, Vector128.Create(3u, 0, 1, 2)), Vector128.Shuffle(c, Vector128.Create(2u, 3, 0, 1)), Vector128.Shuffle(d, Vector128.Create(1u, 2, 3, 0)));
            d ^= Rotate(a + b, 7); c ^= Rotate(d + a, 9); b ^= Rotate(c + d, 13); a ^= Rotate(b + c, 18);
            (b, c, d) = (Vector128.Shuffle(b, Vector128.Create(1u, 2, 3, 0)), Vector128.Shuffle(c, Vector128.Create(2u, 3, 0, 1)), Vector128.Shuffle(d, Vector128.Create(3u, 0, 1, 2)));
        }
        return (a + a0, b + b0, c + c0, d + d0);
    }

    static Vector128<uint> Rotate(Vector128<uint> value, int bits) => value << bits | value >>> 32 - bits;
}
