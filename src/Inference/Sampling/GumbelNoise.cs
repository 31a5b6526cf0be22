using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace ProofMesh.Inference;

/// <summary>The noise of one position of one request: a Gumbel variate per token id, the same wherever it is computed.</summary>
internal readonly struct GumbelNoise
{
    /// <summary>No variate is larger: −ln(−ln(1 − 2⁻³³)) = 22.8739, rounded up.</summary>
    public const double Ceiling = 22.874;

    private const int Steps = 16;

    private static readonly uint[] LeastWords = Least();

    private readonly uint _position;
    private readonly uint _s0;
    private readonly uint _s1;
    private readonly uint _s2;
    private readonly uint _s3;

    public GumbelNoise(ReadOnlySpan<byte> seed, int position)
    {
        _position = (uint)position;
        _s0 = BinaryPrimitives.ReadUInt32BigEndian(seed);
        _s1 = BinaryPrimitives.ReadUInt32BigEndian(seed[4..]);
        _s2 = BinaryPrimitives.ReadUInt32BigEndian(seed[8..]);
        _s3 = BinaryPrimitives.ReadUInt32BigEndian(seed[12..]);
    }

    /// <summary>The least word whose variate may reach a value: a little too low, never too high.</summary>
    public static uint LeastWord(double value) =>
        value <= 0 ? 0 : LeastWords[Math.Min((int)(value * Steps), LeastWords.Length - 1)];

    /// <summary>Computes the words of 128 tokens; that of token first + 32·g + 4·i + j lies at [32·g + 8·j + i].</summary>
    /// <param name="first">A multiple of 4.</param>
    /// <returns>Whether any of them reaches the least word; where none does, the words aren't written.</returns>
    public bool AnyReaches(int first, uint least, Span<ulong> words)
    {
        Philox.Blocks(Vector512.Create((ulong)first >> 2) + Vector512<ulong>.Indices, _position, _s2, _s3, _s0, _s1, out var a, out var b, out var c, out var d);
        var wanted = Vector512.Create((ulong)least);
        if ((a.Reach(wanted) | b.Reach(wanted) | c.Reach(wanted) | d.Reach(wanted)) == Vector512<ulong>.Zero)
            return false;
        a.CopyTo(words);
        b.CopyTo(words[32..]);
        c.CopyTo(words[64..]);
        d.CopyTo(words[96..]);
        return true;
    }

    public double Of(int token)
    {
        var block = Philox.Block((uint)token >> 2, _position, _s2, _s3, _s0, _s1);
        var x = (token & 3) switch
        {
            0 => block.X0,
            1 => block.X1,
            2 => block.X2,
            _ => block.X3,
        };
        return Variate(x);
    }

    public static double Variate(uint word) => -Math.Log(-Math.Log((word + 0.5) * (1.0 / 4294967296.0)));

    private static uint[] Least()
    {
        var words = new uint[(int)(Ceiling * Steps) + 1];
        for (var i = 0; i < words.Length; i++)
            words[i] = (uint)Math.Max(0, Math.Floor(4294967296.0 * Math.Exp(-Math.Exp(-(double)i / Steps))) - 3);
        return words;
    }
}
