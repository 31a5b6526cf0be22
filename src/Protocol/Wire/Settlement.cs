namespace ProofMesh.Protocol;

/// <summary>What a node hands to a settler: POST /v1/settlements. Sending it again changes nothing.</summary>
/// <param name="Grants">Of the vouchers' spenders; the settler registers those that the chain doesn't know.</param>
/// <param name="Vouchers">The newest of each payer; their nodes' addresses stand in them.</param>
/// <param name="Statements">In the order of their sequences, each with its receipts among <paramref name="Receipts"/>.</param>
/// <param name="Receipts">In the order of their sequences.</param>
public sealed record SettlementSubmission(SignedGrant[] Grants, SignedVoucher[] Vouchers, SignedStatement[] Statements, SignedReceipt[] Receipts);

/// <summary>What the settler says: 200 when it keeps everything for good, 422 when it refused some and kept the rest.</summary>
/// <param name="Accepted">Grants, vouchers and statements that are stored, those that were stored before included.</param>
public sealed record SettlementAnswer(int Accepted, SettlementRefusal[] Refused);

/// <param name="Kind">grant, voucher or statement.</param>
/// <param name="Index">Its place in the submission's list.</param>
/// <param name="Fault">A name of GrantFault, VoucherFault, StatementFault or ReceiptFault, or UnknownNode, NotServed, Equivocation, MissingReceipts.</param>
public sealed record SettlementRefusal(string Kind, int Index, string Fault, string Message);

/// <summary>A published receipt: GET /v1/receipts/{request_id}/proof.</summary>
/// <param name="Transaction">The transaction that settled its statement, null while there is none.</param>
/// <param name="State">waiting, open (sent), mined or final.</param>
public sealed record PublishedReceipt(ReceiptProof Proof, Address Node, Bytes32? Transaction, string State);
