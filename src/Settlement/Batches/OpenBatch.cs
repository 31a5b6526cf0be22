using ProofMesh.Chain;
using ProofMesh.Protocol;

namespace ProofMesh.Settlement;

enum BatchState { Open, Mined, Final, Failed, Displaced }

/// <summary>An attempt to get a batch mined.</summary>
sealed record Attempt(int Number, SignedTransaction Signed, DateTimeOffset At)
{
    public Fee Fee => new(Signed.Transaction.MaxFeePerGas, Signed.Transaction.MaxPriorityFeePerGas);
}

/// <summary>A batch that isn't final yet.</summary>
/// <param name="Attempts">Oldest first; all have the batch's nonce.</param>
/// <param name="Block">Where it was seen mined, null while it is open.</param>
sealed record OpenBatch(long Id, ulong Nonce, BatchState State, IReadOnlyList<Attempt> Attempts, BatchItems Items, MinedAt? Block);

readonly record struct MinedAt(Bytes32 Transaction, ulong Number, Bytes32 Hash);

/// <summary>What a batch carries, in the order of its call data.</summary>
sealed record BatchItems(
    IReadOnlyList<(Address Payer, Address Spender)> Grants,
    IReadOnlyList<(Address Payer, Address Node, TokenAmount Cumulative)> Claims,
    IReadOnlyList<(Address Node, ulong First)> Statements);
