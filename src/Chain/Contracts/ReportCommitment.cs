using ProofMesh.Protocol;

namespace ProofMesh.Chain.Contracts;

public sealed partial class DisputesContract
{
    /// <summary>What a reporter announces some blocks before it sends this call: keccak256(abi.encode(reporter, keccak256(call data))).</summary>
    public static Bytes32 Commitment(Address reporter, byte[] report)
    {
        Span<byte> words = stackalloc byte[64];
        words.Clear();
        reporter.CopyTo(words[12..]);
        Keccak256.Hash(report).CopyTo(words[32..]);
        return Keccak256.Hash(words);
    }
}
