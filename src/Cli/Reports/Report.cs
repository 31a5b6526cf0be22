using ProofMesh.Chain;
using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;

namespace ProofMesh.Cli;

/// <summary>An offence of a node, and the call of Disputes that proves it.</summary>
/// <param name="Settled">The statement that must be in the node's ring, where the proof needs one.</param>
sealed record Report(ContractOffence Offence, Address Node, ulong Sequence, byte[] Call, Statement? Settled, string Says)
{
    /// <summary>The first offence that the evidence proves, by signatures alone where that is enough; null where it proves none.</summary>
    public static Report? Find(Evidence evidence, Rail rail)
    {
        var receipts = evidence.Receipts.Select(signed => (Signed: signed, Node: Ecdsa.Recover(signed.Receipt.Digest(rail), signed.Signature))).Where(one => one.Node is not null).ToArray();
        var statements = evidence.Statements.Select(signed => (signed.Statement, signed.Signature, Node: Ecdsa.Recover(signed.Statement.Digest(rail), signed.Signature))).Where(one => one.Node is not null).ToArray();

        foreach (var same in receipts.GroupBy(one => (one.Node, one.Signed.Receipt.Sequence)))
            if (same.DistinctBy(one => one.Signed.Receipt.StructHash()).Take(2).ToArray() is [var one, var other])
                return TwoReceipts(one.Node!.Value, one.Signed, other.Signed);
        for (var i = 0; i < statements.Length; i++)
            for (var k = 0; k < i; k++)
                if (statements[i] is var one && statements[k] is var other && one.Node == other.Node && Overlap(one.Statement, other.Statement) && one.Statement.StructHash() != other.Statement.StructHash())
                    return TwoStatements(one.Node!.Value, (one.Statement, one.Signature), (other.Statement, other.Signature));
        foreach (var (signed, node) in receipts)
            if (Bad(signed, node!.Value) is { } bad) return bad;
        foreach (var leaf in evidence.Leaves)
            if (Ecdsa.Recover(leaf.Statement.Statement.Digest(rail), leaf.Statement.Signature) is { } node && (Wrong(leaf, node, receipts) ?? Full(leaf, node)) is { } found) return found;
        return null;
    }

    static Report TwoReceipts(Address node, SignedReceipt one, SignedReceipt other) => new(
        ContractOffence.TwoReceipts, node, one.Receipt.Sequence, DisputesContract.ReportReceiptsData(one.Receipt, one.Signature, other.Receipt, other.Signature), null,
        $"node {node} signed two receipts with sequence {one.Receipt.Sequence}");

    static Report TwoStatements(Address node, (Statement Statement, Signature Signature) one, (Statement Statement, Signature Signature) other)
    {
        var common = Math.Max(one.Statement.FirstSequence, other.Statement.FirstSequence);
        return new(
            ContractOffence.TwoStatements, node, common, DisputesContract.ReportStatementsData(one.Statement, one.Signature, other.Statement, other.Signature), null,
            $"node {node} signed two statements over sequence {common}");
    }

    static Report? Bad(SignedReceipt signed, Address node) =>
        ReceiptCheck.Fault(signed.Receipt) is var fault and (ReceiptFault.CachedAbovePrompt or ReceiptFault.UnknownStatus or ReceiptFault.WrongFee)
            ? new(ContractOffence.BadReceipt, node, signed.Receipt.Sequence, DisputesContract.ReportReceiptData(signed.Receipt, signed.Signature), null, $"node {node} signed a receipt that can't be: {fault}")
            : null;

    static Report? Wrong(SignedLeaf leaf, Address node, IEnumerable<(SignedReceipt Signed, Address? Node)> receipts)
    {
        var (statement, sequence) = (leaf.Statement.Statement, leaf.Statement.Statement.FirstSequence + leaf.Index);
        foreach (var (signed, signer) in receipts)
            if (signer == node && signed.Receipt.Sequence == sequence && SumTree.Leaf(signed.Receipt) != leaf.Leaf)
                return new(
                    ContractOffence.WrongLeaf, node, sequence, DisputesContract.ReportLeafData(signed.Receipt, signed.Signature, statement, leaf.Leaf, leaf.Path), statement,
                    $"node {node} settled something else than the receipt that it signed for sequence {sequence}");
        return null;
    }

    // The sibling of the last leaf of an odd number stands behind the run, and should be empty.
    static Report? Full(SignedLeaf leaf, Address node)
    {
        var statement = leaf.Statement.Statement;
        var count = statement.LastSequence - statement.FirstSequence + 1;
        if (leaf.Index != count - 1 || count % 2 == 0 || leaf.Path.Length == 0 || leaf.Path[0] == default) return null;
        return new(
            ContractOffence.FullPadding, node, statement.FirstSequence, DisputesContract.ReportPaddingData(node, statement, leaf.Path[0], count, [leaf.Leaf, .. leaf.Path[1..]]), statement,
            $"node {node} put something behind the last receipt of its statement from sequence {statement.FirstSequence} on");
    }

    static bool Overlap(Statement one, Statement other) => one.FirstSequence <= other.LastSequence && other.FirstSequence <= one.LastSequence;
}
