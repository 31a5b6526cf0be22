using System.Buffers.Binary;

namespace ProofMesh.Inference;

/// <summary>The noise of one position of one request: a Gumbel variate per token id, the same wherever it is computed.</summary>
internal readonly struct GumbelNoise
{
    /// <summary>No variate is larger: −ln(−ln(1 − 2⁻³³)) = 22.8739, rounded up.</summary>
    public const double Ceiling = 22.874;

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
        return -Math.Log(-Math.Log((x + 0.5) * (1.0 / 4294967296.0)));
    }
}
