using ProofMesh.Protocol;

namespace ProofMesh.Settlement;

/// <summary>A row of settlement.statement.</summary>
sealed record StatementRow(
    Address Node, long FirstSequence, long LastSequence, Address Provider, Bytes32 Root, Bytes32 Top,
    ulong Completed, ulong Tokens, TokenAmount Fees, ulong Points, Signature Signature, DateTimeOffset ReceivedAt)
{
    public SignedStatement Signed() => new(
        new Statement(Provider, (ulong)FirstSequence, (ulong)LastSequence, Root), Top, new Totals(Completed, Tokens, Fees, Points), Signature);
}
