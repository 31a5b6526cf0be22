namespace ProofMesh.Protocol;

/// <summary>What a node hands to a settler: POST /v1/settlements. Sending it again changes nothing.</summary>
/// <param name="Grants">Of the vouchers' spenders; the settler registers those that the chain doesn't know.</param>
/// <param name="Vouchers">The newest of each payer; their nodes' addresses stand in them.</param>
/// <param name="Statements">In the order of their sequences, each with its receipts among <paramref name="Receipts"/>.</param>
/// <param name="Receipts">In the order of their sequences.</param>
public sealed record SettlementSubmission(SignedGrant[] Grants, SignedVoucher[] Vouchers, SignedStatement[] Statements, SignedReceipt[] Receipts);
