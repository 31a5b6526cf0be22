using System.Numerics;
using System.Text;
using ProofMesh.Protocol;

namespace ProofMesh.Chain.Tests.Differential;

/// <summary>Reproducible random values, with a taste for the edges.</summary>
sealed class RandomValues(int seed)
{
    static readonly string[] Texts = ["", "a", "ß", "汉字", "🦊🦊", "line\nbreak", "\"quoted\"", "\u0000", "{}", " "];

    readonly Random random = new(seed);

    public int Below(int limit) => random.Next(limit);

    public bool Chance(int percent) => random.Next(100) < percent;

    public byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    public Address Address() => new(Bytes(20));

    public Bytes32 Word() => new(Bytes(32));

    public UInt128 Units(int bits = 128) => (UInt128)Integer(bits, signed: false);

    /// <summary>Of any length up to the bits, often at the very ends of the range.</summary>
    public BigInteger Integer(int bits, bool signed)
    {
        var size = signed ? bits - 1 : bits;
        var most = (BigInteger.One << size) - 1;
        var number = random.Next(10) switch
        {
            0 => BigInteger.Zero,
            1 => most,
            2 => most - 1,
            3 => BigInteger.One,
            _ => new BigInteger(Bytes(random.Next(33)), isUnsigned: true) & most,
        };
        return signed && Chance(50) ? -number - 1 : number;
    }

    public string Text()
    {
        var text = new StringBuilder();
        for (var parts = random.Next(4); parts > 0; parts--) text.Append(Texts[random.Next(Texts.Length)]).Append(Convert.ToBase64String(Bytes(random.Next(24))));
        return text.ToString();
    }

    public byte[] PrivateKey()
    {
        while (true)
            if (Bytes(32) is var key && Secp256k1.IsPrivateKey(key)) return key;
    }
}
