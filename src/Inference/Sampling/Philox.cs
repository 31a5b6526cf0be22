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
}
