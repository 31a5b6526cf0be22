using ProofMesh.Protocol;

namespace ProofMesh.Chain.Tests;

static class Samples
{
    /// <summary>Every field has a value of its own, so that two that are mixed up show.</summary>
    public static Receipt Receipt { get; } = new(
        Word(1), Account(2), Account(3), 4, Word(5), Word(6), Word(7), Word(8), Word(9),
        10, 11, 12, 13, 14, 15, new TokenAmount(16), new TokenAmount(UInt128.MaxValue - 17), 18, 19, 20, ReceiptStatus.CancelledByClient);

    public static Bytes32 Word(byte seed) => Keccak256.Hash([seed]);

    public static Address Account(byte seed) => new(Word(seed).ToArray().AsSpan(12));
}
