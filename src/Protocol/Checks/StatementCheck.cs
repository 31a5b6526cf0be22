namespace ProofMesh.Protocol;

public enum StatementFault
{
    None,
    ZeroProvider,
    /// <summary>The run is empty, starts at 0 or has more than 2³² receipts.</summary>
    BadRange,
    /// <summary>It doesn't start where the node's last statement ended.</summary>
    NotContinuing,
    /// <summary>The root isn't that of the top node and its totals.</summary>
    WrongTotals,
    BadSignature,
    WrongSigner,
}

public static class StatementCheck
{
    const ulong MostReceipts = 1UL << 32;

    /// <param name="settled">Sequence of the last receipt that a statement of this node covers, 0 for none.</param>
    public static StatementFault Fault(SignedStatement signed, Address node, ulong settled, Rail rail, Recover recover)
    {
        var statement = signed.Statement;
        if (statement.Provider.IsZero) return StatementFault.ZeroProvider;
        if (statement.FirstSequence == 0 || statement.LastSequence < statement.FirstSequence) return StatementFault.BadRange;
        if (statement.LastSequence - statement.FirstSequence >= MostReceipts) return StatementFault.BadRange;
        if (statement.FirstSequence != settled + 1) return StatementFault.NotContinuing;
        if (statement.Root != SumTree.RootOf(new SumNode(signed.Top, signed.Totals))) return StatementFault.WrongTotals;
        if (!signed.Signature.IsCanonical) return StatementFault.BadSignature;
        var signer = recover(statement.Digest(rail), signed.Signature);
        if (signer is null) return StatementFault.BadSignature;
        return signer == node ? StatementFault.None : StatementFault.WrongSigner;
    }
}
