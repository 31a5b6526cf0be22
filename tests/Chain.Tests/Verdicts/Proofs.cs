using ProofMesh.Protocol;

namespace ProofMesh.Chain.Tests;

/// <summary>Receipts with their statements and paths: as they were settled, or changed in one place.</summary>
sealed class Proofs(Dice dice, Cast cast, Messages messages, Trees trees)
{
    readonly List<Tree> settled = [];

    public bool Any => settled.Count > 0;

    public void Add(Tree tree) => settled.Add(tree);

    public (ReceiptProof Proof, string Story) Next()
    {
        // Mostly what is still in its node's ring.
        var tree = dice.Chance(0.85) ? settled[^(1 + dice.Below(Math.Min(settled.Count, 60)))] : dice.Of(settled);
        var fresh = dice.Chance(0.04);
        if (fresh) tree = trees.Grow(tree.Node, tree.Signed.Statement.FirstSequence, 3);
        var index = dice.Below(tree.Receipts.Count);
        var proof = new ReceiptProof(tree.Receipts[index], tree.Signed, tree.Path(index));
        return dice.Weighed<Func<(ReceiptProof, string)>>(
            (40, () => (proof, fresh ? "never settled" : "as it was settled")),
            (25, () => Receipt(proof, tree)),
            (20, () => Statement(proof, tree)),
            (15, () => Path(proof)))();
    }

    (ReceiptProof, string) Receipt(ReceiptProof proof, Tree tree)
    {
        var (signed, receipt) = (proof.Receipt, proof.Receipt.Receipt);
        var other = dice.Of(cast.Nodes);
        return dice.Weighed<Func<(ReceiptProof, string)>>(
            (20, () => With(signed with { Signature = dice.Malformed(signed.Signature) }, "malformed signature")),
            (6, () => With(signed with { Signature = dice.Turned(signed.Signature) }, "one bit of the signature")),
            (6, () => With(signed with { Signature = tree.Node.Key.Sign(receipt.Digest(messages.Elsewhere())) }, "for another rail")),
            (10, () => With(trees.Sign(receipt, other), "signed by any node")),
            (6, () => With(trees.Sign(receipt, dice.Of(cast.Unknown)), "signed by an unknown node")),
            (8, () => With(trees.Sign(receipt with { Provider = other.Provider }, other), "another provider's, signed by its node")),
            (6, () => With(trees.Sign(receipt with { Provider = default }, tree.Node), "no provider")),
            (20, () => With(signed with { Receipt = Changed(receipt) }, "changed after signing")),
            (40, () => With(trees.Sign(Changed(receipt), tree.Node), "changed and signed again")))();

        (ReceiptProof, string) With(SignedReceipt changed, string story) => (proof with { Receipt = changed }, story);
    }

    (ReceiptProof, string) Statement(ReceiptProof proof, Tree tree)
    {
        var statement = proof.Statement.Statement;
        return dice.Of<Func<(ReceiptProof, string)>>(
            () => With(statement with { Provider = dice.Of(cast.Providers).Address }, "the statement's provider"),
            () => With(statement with { FirstSequence = unchecked(statement.FirstSequence + dice.Of(1UL, ulong.MaxValue)) }, "the statement's start"),
            () => With(statement with { LastSequence = unchecked(statement.LastSequence + dice.Of(1UL, ulong.MaxValue)) }, "the statement's end"),
            () => With(statement with { LastSequence = unchecked(statement.FirstSequence + SumTree.MostLeaves - dice.Of(0UL, 1UL)) }, "a long statement"),
            () => With(statement with { FirstSequence = 0, LastSequence = ulong.MaxValue }, "a statement over all"),
            () => With(statement with { Root = dice.Hash() }, "the statement's root"),
            () => With(dice.Of(settled).Signed.Statement, "another statement"))();

        (ReceiptProof, string) With(Statement changed, string story) => (proof with { Statement = tree.Signed with { Statement = changed } }, story);
    }

    (ReceiptProof, string) Path(ReceiptProof proof)
    {
        var path = proof.Path;
        if (path.Length == 0 || dice.Chance(0.2)) return (proof with { Path = [.. path, new(dice.Hash(), default)] }, "a longer path");
        var at = dice.Below(path.Length);
        return dice.Of<Func<(ReceiptProof, string)>>(
            () => (proof with { Path = path[..^1] }, "a shorter path"),
            () => (proof with { Path = [.. path.Reverse()] }, "the path from the top"),
            () => (proof with { Path = [.. path[..at], path[at] with { Hash = dice.Hash() }, .. path[(at + 1)..]] }, "another sibling"),
            () => (proof with { Path = [.. path[..at], path[at] with { Totals = Totals.WrappingSum(path[at].Totals, new(0, 1, default, 0)) }, .. path[(at + 1)..]] }, "a sibling's totals"),
            () => (proof with { Path = [.. path[..at], path[at] with { Totals = new(ulong.MaxValue, ulong.MaxValue, TokenAmount.Max, ulong.MaxValue) }, .. path[(at + 1)..]] }, "a sibling's totals that overflow"))();
    }

    Receipt Changed(Receipt receipt) => dice.Of<Func<Receipt>>(
        () => receipt with { RequestId = dice.Hash() }, () => receipt with { RequestId = default }, () => receipt with { Payer = default }, () => receipt with { Payer = dice.Of(cast.Payers).Address }, () => receipt with { Model = dice.Hash() },
        () => receipt with { Request = dice.Hash() }, () => receipt with { Response = dice.Hash() }, () => receipt with { Sampling = dice.Hash() }, () => receipt with { Trace = dice.Hash() },
        () => receipt with { Sequence = unchecked(receipt.Sequence + dice.Of(1UL, ulong.MaxValue)) }, () => receipt with { Sequence = dice.Of(0UL, ulong.MaxValue) },
        () => receipt with { PromptTokens = receipt.PromptTokens + 1 }, () => receipt with { CachedTokens = receipt.CachedTokens + 1 }, () => receipt with { CompletionTokens = receipt.CompletionTokens + 1 },
        () => receipt with { PromptTokens = uint.MaxValue, CompletionTokens = uint.MaxValue, CachedTokens = 0, InputPrice = ulong.MaxValue, OutputPrice = ulong.MaxValue },
        () => receipt with { InputPrice = receipt.InputPrice + 1 }, () => receipt with { CachedPrice = receipt.CachedPrice + 1 }, () => receipt with { OutputPrice = receipt.OutputPrice + 1 },
        () => receipt with { Fee = receipt.Fee + new TokenAmount(1) }, () => receipt with { Cumulative = receipt.Cumulative + new TokenAmount(1) }, () => receipt with { Cumulative = TokenAmount.Zero }, () => receipt with { FirstTokenMs = receipt.DurationMs + 1 },
        () => receipt with { StartedAt = receipt.StartedAt + 1 }, () => receipt with { FirstTokenMs = receipt.FirstTokenMs + 1 }, () => receipt with { DurationMs = receipt.DurationMs + 1 },
        () => receipt with { Status = (ReceiptStatus)dice.Below(256) })();
}
