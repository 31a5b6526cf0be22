using System.Numerics;
using ProofMesh.Protocol;

namespace ProofMesh.Chain.Tests;

/// <summary>Everything random in a run, from one seed.</summary>
sealed class Dice(int seed)
{
    static readonly BigInteger Order = BigInteger.Parse("115792089237316195423570985008687907852837564279074904382605163141518161494337");

    readonly Random random = new(seed);

    public int Below(int end) => random.Next(end);

    public ulong Between(ulong first, ulong last) => (ulong)random.NextInt64((long)first, (long)last + 1);

    public bool Chance(double share) => random.NextDouble() < share;

    public T Of<T>(params IReadOnlyList<T> values) => values[random.Next(values.Count)];

    /// <summary>One of these, each as often as its weight says.</summary>
    public T Weighed<T>(params IReadOnlyList<(int Weight, T Value)> values)
    {
        var at = random.Next(values.Sum(value => value.Weight));
        foreach (var (weight, value) in values)
            if ((at -= weight) < 0) return value;
        throw new InvalidOperationException("The weights don't add up.");
    }

    public Bytes32 Hash()
    {
        var bytes = new byte[32];
        random.NextBytes(bytes);
        return new(bytes);
    }

    public Account Key() => Account.FromPrivateKey(Hash().ToArray());

    /// <summary>The signature in a form that nobody may accept, or another that recovers to nobody known.</summary>
    public Signature Malformed(Signature good) => Of<Func<Signature>>(
        () => good with { V = Of<byte>(0, 1, 26, 29, 255) },
        () => good with { R = Bytes32.Zero },
        () => good with { S = Bytes32.Zero },
        () => new(good.R, Word(Order - Number(good.S)), (byte)(55 - good.V)),
        () => good with { S = Word(Order) },
        () => good with { R = Word(Order + Below(100)) },
        () => good with { R = Word((BigInteger.One << 256) - 1) })();

    /// <summary>A signature with one bit turned: nearly always another signer's, sometimes nobody's.</summary>
    public Signature Turned(Signature good)
    {
        var bytes = good.ToArray();
        bytes[Below(64)] ^= (byte)(1 << Below(8));
        return new(bytes);
    }

    static BigInteger Number(Bytes32 word) => new(word.ToArray(), isUnsigned: true, isBigEndian: true);

    static Bytes32 Word(BigInteger number)
    {
        var bytes = new byte[32];
        var digits = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        digits.CopyTo(bytes.AsSpan(32 - digits.Length));
        return new(bytes);
    }
}
