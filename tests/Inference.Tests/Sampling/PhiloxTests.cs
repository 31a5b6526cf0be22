using System.Globalization;

namespace ProofMesh.Inference.Tests;

public sealed class PhiloxTests
{
    /// <summary>The known answers that Random123 1.14.0 publishes for philox4x32 with 10 rounds (tests/kat_vectors).</summary>
    [Theory]
    [InlineData("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8")]
    [InlineData("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd")]
    [InlineData("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1")]
    public void Blocks_are_those_of_the_publication(string counter, string key, string expected)
    {
        uint[] c = Words(counter), k = Words(key);
        var (x0, x1, x2, x3) = Philox.Block(c[0], c[1], c[2], c[3], k[0], k[1]);
        Assert.Equal(Words(expected), new[] { x0, x1, x2, x3 });
    }

    [Fact]
    public void Noise_follows_the_Gumbel_distribution()
    {
        var seed = Enumerable.Range(0, 32).Select(i => (byte)(i * 37)).ToArray();
        var values = Enumerable.Range(0, 100).SelectMany(p => Enumerable.Range(0, 1000).Select(t => new GumbelNoise(seed, p).Of(t))).Order().ToArray();
        Assert.Equal(0.5772, values.Average(), 0.02);
        Assert.All(values, v => Assert.InRange(v, -3.2, GumbelNoise.Ceiling));
        var distance = values.Select((v, i) => Math.Abs(Math.Exp(-Math.Exp(-v)) - (i + 0.5) / values.Length)).Max();
        // Kolmogorov and Smirnov's bound at 0.1 %.
        Assert.InRange(distance, 0, 1.95 / Math.Sqrt(values.Length));
    }

    [Fact]
    public void Noise_depends_on_sixteen_bytes_of_the_seed_on_the_position_and_on_the_token()
    {
        var seed = new byte[32];
        var noise = new GumbelNoise(seed, 3).Of(5);
        for (var i = 0; i < 32; i++)
        {
            seed[i] ^= 1;
            Assert.Equal(i < 16, new GumbelNoise(seed, 3).Of(5) != noise);
            seed[i] ^= 1;
        }
        Assert.NotEqual(noise, new GumbelNoise(seed, 4).Of(5));
        Assert.NotEqual(noise, new GumbelNoise(seed, 3).Of(6));
    }

    private static uint[] Words(string hex) =>
        [.. hex.Split(' ').Select(w => uint.Parse(w, NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
}
