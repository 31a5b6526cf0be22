using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;

namespace ProofMesh.Settlement;

/// <summary>A grant as the chain has it for the signer of a voucher.</summary>
/// <param name="Fault">Why a claim would be refused now, or None.</param>
readonly record struct GrantStanding(TokenAmount Left, ulong ValidUntil, uint Epoch, ContractClaimFault Fault);

/// <summary>A voucher that waits, and what the chain says of it.</summary>
/// <param name="Claimed">What was paid of it.</param>
/// <param name="Balance">All of the payer's money in escrow.</param>
/// <param name="Ceiling">What the provider's stake lets it claim.</param>
/// <param name="Standing">Null when the payer signed itself.</param>
/// <param name="Grant">The newest that the signer was given and the outbox knows.</param>
sealed record WaitingClaim(
    SignedVoucher Signed, TokenAmount Claimed, TokenAmount Balance, TokenAmount Ceiling, GrantStanding? Standing, SignedGrant? Grant, DateTimeOffset Since);

/// <summary>A statement that waits.</summary>
/// <param name="Settled">The last sequence of its node that the chain has.</param>
sealed record WaitingStatement(SignedStatement Signed, Address Node, ulong Settled, DateTimeOffset Since);

/// <summary>All that a plan is made from.</summary>
/// <param name="GasPrice">Wei that a unit of gas will cost.</param>
sealed record Outlook(IReadOnlyList<WaitingClaim> Claims, IReadOnlyList<WaitingStatement> Statements, UInt128 GasPrice, DateTimeOffset Now);
