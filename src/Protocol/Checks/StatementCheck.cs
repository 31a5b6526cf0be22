namespace ProofMesh.Protocol;

/// <summary>Why a statement isn't settled, in the order in which it is asked; Settlement says the same.</summary>
public enum StatementFault
{
    None,
    BadSignature,
    /// <summary>Not signed by the expected node, or that node isn't the provider's.</summary>
    WrongNode,
    /// <summary>It doesn't start where the node's last statement ended.</summary>
    OutOfSequence,
    EmptyRange,
    TooManyReceipts,
    /// <summary>More requests or points than so many receipts can have.</summary>
    TotalsImpossible,
    /// <summary>The root isn't that of the top node and its totals.</summary>
    RootMismatch,
    /// <summary>The node settled as many statements within the dispute window as the chain keeps.</summary>
    RingFull,
}

/// <summary>What a statement is held against.</summary>
/// <param name="Node">Who should have signed.</param>
/// <param name="Provider">Whose node that is; zero for nobody's.</param>
/// <param name="Settled">Sequence of the last receipt that a statement of this node covers, 0 for none.</param>
public sealed record StatementTerms(Address Node, Address Provider, ulong Settled, bool RingFull = false);

public static class StatementCheck
{
    public static StatementFault Fault(SignedStatement signed, StatementTerms terms, Rail rail, Recover recover)
    {
        var statement = signed.Statement;
        if (recover.Signer(statement.Digest(rail), signed.Signature) is not { } signer) return StatementFault.BadSignature;
        if (signer != terms.Node || terms.Provider.IsZero || terms.Provider != statement.Provider) return StatementFault.WrongNode;
        if (statement.FirstSequence != (UInt128)terms.Settled + 1) return StatementFault.OutOfSequence;
        if (statement.LastSequence < statement.FirstSequence) return StatementFault.EmptyRange;
        if (statement.LastSequence - statement.FirstSequence >= SumTree.MostLeaves) return StatementFault.TooManyReceipts;
        var count = statement.LastSequence - statement.FirstSequence + 1;
        if (signed.Totals.Completed > count || signed.Totals.Points > count * Points.Most) return StatementFault.TotalsImpossible;
        if (statement.Root != SumTree.RootOf(new SumNode(signed.Top, signed.Totals))) return StatementFault.RootMismatch;
        return terms.RingFull ? StatementFault.RingFull : StatementFault.None;
    }
}
