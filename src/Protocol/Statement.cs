namespace ProofMesh.Protocol;

/// <summary>Closes a run of a node's receipts; the root proves their totals.</summary>
public sealed record Statement(Address Provider, ulong FirstSequence, ulong LastSequence, Bytes32 Root)
{
    static readonly Bytes32 Type = Eip712.TypeHash("Statement(address provider,uint64 firstSequence,uint64 lastSequence,bytes32 root)");

    public Bytes32 StructHash() =>
        new StructHash(stackalloc byte[5 * 32], Type).Add(Provider).Add(FirstSequence).Add(LastSequence).Add(Root).Hash();

    public Bytes32 Digest(Rail rail) => Eip712.Digest(rail.Domain, StructHash());
}

/// <param name="Top">Hash of the sum tree's topmost node, below the root.</param>
public sealed record SignedStatement(Statement Statement, Bytes32 Top, Totals Totals, Signature Signature);
