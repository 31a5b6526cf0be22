namespace ProofMesh.Protocol;

/// <summary>Everything that verifyReceipt needs: the receipt, the statement that covers it, and the path between them.</summary>
/// <param name="Path">Siblings from the bottom up.</param>
public sealed record ReceiptProof(SignedReceipt Receipt, SignedStatement Statement, SumNode[] Path);
