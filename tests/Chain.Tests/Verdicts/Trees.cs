using ProofMesh.Protocol;

namespace ProofMesh.Chain.Tests;

/// <summary>A statement with the receipts below it, in the order of their sequence.</summary>
/// <param name="Path">The siblings of a receipt.</param>
sealed record Tree(CastNode Node, SignedStatement Signed, IReadOnlyList<SignedReceipt> Receipts, Func<int, SumNode[]> Path);

/// <summary>Statements near what the state asks for: over real trees of honest and lying receipts, or over totals alone.</summary>
sealed class Trees(Dice dice, Cast cast, Messages messages)
{
    ChainState State => cast.State;

    /// <summary>The tree is null where there is none below the root.</summary>
    public (SignedStatement Signed, Tree? Tree, string Story) Statement()
    {
        var node = dice.Weighed<Func<CastNode>>((45, () => cast.Nodes[0]), (49, () => dice.Of(cast.Nodes)), (6, () => dice.Of(cast.Unknown)))();
        var first = dice.Weighed<Func<ulong>>(
            (88, () => State.LastSequence(node.Address) + 1),
            (4, () => State.LastSequence(node.Address)),
            (4, () => State.LastSequence(node.Address) + 2),
            (2, () => 0),
            (2, () => ulong.MaxValue))();
        if (dice.Chance(0.5) && first is > 0 and < ulong.MaxValue) return Signed(node, Grow(node, first, dice.Between(1, 6)), "over real receipts");
        var (statement, story) = Bare(node, first);
        return Signed(node, new(node, statement, [], _ => []), story);
    }

    /// <summary>Signed receipts and the tree over them, as this node would settle it.</summary>
    public Tree Grow(CastNode node, ulong first, ulong count)
    {
        if (dice.Chance(0.05)) return Overflowing(node, first);
        var receipts = new List<SignedReceipt>();
        for (var sequence = first; sequence < first + count; sequence++) receipts.Add(Sign(Receipt(node, sequence), node));
        var tree = new SumTree(receipts.Select(signed => signed.Receipt));
        return new(node, Sign(new(node.Provider, first, first + count - 1, tree.Root), tree.Top, node), receipts, tree.Proof);
    }

    public SignedReceipt Sign(Receipt receipt, CastNode node) => new(receipt, node.Key.Sign(receipt.Digest(cast.Rail)));

    /// <summary>An honest receipt, or one with a lie that its node signs.</summary>
    Receipt Receipt(CastNode node, ulong sequence)
    {
        var (prompt, completion) = ((uint)dice.Between(0, 300), (uint)dice.Between(0, 300));
        var honest = Priced(new(
            dice.Hash(), dice.Of(cast.Payers).Address, node.Provider, sequence, dice.Hash(), dice.Hash(), dice.Hash(), dice.Hash(), Bytes32.Zero,
            prompt, (uint)dice.Between(0, prompt), completion, dice.Between(0, 5_000_000), dice.Between(0, 5_000_000), dice.Between(0, 5_000_000),
            default, default, State.Now * 1_000, (uint)dice.Between(0, 900), (uint)dice.Between(900, 12_000), (ReceiptStatus)dice.Below(6)));
        return dice.Weighed<Func<Receipt>>(
            (60, () => honest),
            (8, () => honest with { CachedTokens = honest.PromptTokens + (uint)dice.Between(1, 3) }),
            (8, () => honest with { Status = dice.Of<ReceiptStatus>((ReceiptStatus)6, (ReceiptStatus)255) }),
            (8, () => honest with { Fee = honest.Fee + new TokenAmount(1) }),
            (4, () => honest with { CompletionTokens = 0, Fee = new(1) }),
            (8, () => honest with { RequestId = Bytes32.Zero }),
            (8, () => honest with { Payer = default }),
            (8, () => honest with { Cumulative = TokenAmount.Difference(honest.Fee, new(1)) }),
            (8, () => honest with { FirstTokenMs = honest.DurationMs + 1 }))();
    }

    static Receipt Priced(Receipt receipt)
    {
        var fee = receipt.Prices.FeeUp(receipt.PromptTokens, receipt.CachedTokens, receipt.CompletionTokens);
        return receipt with { Fee = fee, Cumulative = fee + new TokenAmount(5) };
    }

    // Beside an honest receipt stands what makes the sums wrap.
    Tree Overflowing(CastNode node, ulong first)
    {
        var receipt = Sign(Receipt(node, first), node);
        var leaf = SumTree.Leaf(receipt.Receipt);
        var beside = new SumNode(dice.Hash(), new(0, ulong.MaxValue, new(UInt128.MaxValue), 0));
        var top = new SumNode(SumTree.InnerHash(leaf, beside), Totals.WrappingSum(leaf.Totals, beside.Totals));
        return new(node, Sign(new(node.Provider, first, first + 1, SumTree.RootOf(top)), top, node), [receipt], _ => [beside]);
    }

    // Totals that nothing stands below, at and behind the bounds.
    (SignedStatement, string) Bare(CastNode node, ulong first)
    {
        var (length, story) = dice.Weighed<(ulong, string)>(
            (60, (dice.Between(0, 50), "totals alone")), (8, (SumTree.MostLeaves - 1, "as many receipts as can be")),
            (8, (SumTree.MostLeaves, "one receipt too many")), (8, (ulong.MaxValue, "an end before the start")), (2, (ulong.MaxValue - first, "all sequences")));
        var count = unchecked(length + 1);
        var totals = dice.Weighed<Totals>(
            (60, new(Math.Min(count, 1), dice.Between(0, 1_000), new(dice.Between(0, 1_000)), dice.Between(0, 5))),
            (8, new(count, 0, default, 0)), (8, new(unchecked(count + 1), 0, default, 0)),
            (8, new(0, 0, default, unchecked(count * Points.Most))), (8, new(0, 0, default, unchecked(count * Points.Most + 1))),
            (4, new(0, ulong.MaxValue, TokenAmount.Max, 0)));
        var top = new SumNode(dice.Hash(), totals);
        return (Sign(new(node.Provider, first, unchecked(first + length), SumTree.RootOf(top)), top, node), story);
    }

    (SignedStatement, Tree?, string) Signed(CastNode node, Tree tree, string story)
    {
        var (signed, changed) = Twist(node, tree.Signed);
        return (signed, changed is null && tree.Receipts.Count > 0 ? tree : null, changed ?? story);
    }

    (SignedStatement, string?) Twist(CastNode node, SignedStatement good) => dice.Weighed<Func<(SignedStatement, string?)>>(
        (70, () => (good, null)),
        (4, () => (good with { Signature = dice.Malformed(good.Signature) }, "malformed signature")),
        (2, () => (good with { Signature = dice.Turned(good.Signature) }, "one bit of the signature")),
        (2, () => (good with { Signature = node.Key.Sign(good.Statement.Digest(messages.Elsewhere())) }, "for another rail")),
        (2, () => (good with { Signature = dice.Of(cast.Nodes).Key.Sign(good.Statement.Digest(cast.Rail)) }, "signed by any node")),
        (3, () => (Resigned(node, good, good.Statement with { Provider = dice.Of(cast.Providers[1].Address, default) }), "another provider")),
        (2, () => (good with { Statement = good.Statement with { LastSequence = unchecked(good.Statement.LastSequence + 1) } }, "lastSequence changed after signing")),
        (2, () => (good with { Statement = good.Statement with { Root = dice.Hash() } }, "root changed after signing")),
        (2, () => (Resigned(node, good, good.Statement with { Root = dice.Hash() }), "another root")),
        (2, () => (good with { Top = dice.Hash() }, "another top")),
        (4, () => (good with { Totals = good.Totals with { Tokens = unchecked(good.Totals.Tokens + 1) } }, "a token more")),
        (2, () => (good with { Totals = good.Totals with { Fees = new(unchecked(good.Totals.Fees.Units + 1)) } }, "a unit more")))();

    SignedStatement Resigned(CastNode node, SignedStatement good, Statement statement) => good with { Statement = statement, Signature = node.Key.Sign(statement.Digest(cast.Rail)) };

    SignedStatement Sign(Statement statement, SumNode top, CastNode node) => new(statement, top.Hash, top.Totals, node.Key.Sign(statement.Digest(cast.Rail)));
}
