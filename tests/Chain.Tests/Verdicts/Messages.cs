using ProofMesh.Protocol;

namespace ProofMesh.Chain.Tests;

/// <summary>Grants and vouchers near what the state asks for, most of them changed in one place.</summary>
sealed class Messages(Dice dice, Cast cast)
{
    readonly Rail otherChain = cast.Rail with { ChainId = cast.Rail.ChainId + 1 }, otherDeployment = cast.Rail with { Settlement = cast.Rail.Escrow };

    ChainState State => cast.State;

    public (SignedGrant Signed, string Story) Grant()
    {
        var payer = dice.Of(cast.Payers);
        var spender = dice.Chance(0.9) ? Spender(payer) : Spender(dice.Of(cast.Payers));
        var terms = State.GrantTerms(payer.Address, spender.Address);
        var grant = new Grant(payer.Address, spender.Address, Cap(), ValidUntil(terms), Epoch(terms));
        return dice.Weighed<Func<(SignedGrant, string)>>(
            (60, () => (new(grant, payer.Wallet.Sign(grant.Digest(cast.Rail))), "as it is")),
            (6, () => (new(grant, spender.Sign(grant.Digest(cast.Rail))), "signed by the spender")),
            (6, () => (new(grant, dice.Malformed(payer.Wallet.Sign(grant.Digest(cast.Rail)))), "malformed signature")),
            (4, () => (new(grant, dice.Turned(payer.Wallet.Sign(grant.Digest(cast.Rail)))), "one bit of the signature")),
            (4, () => (new(grant, payer.Wallet.Sign(grant.Digest(otherChain))), "for another chain")),
            (4, () => (new(grant, payer.Wallet.Sign(grant.Digest(otherDeployment))), "for another deployment")),
            (6, () => Zeroed(grant, payer)),
            (10, () => Changed(grant, payer)))();
    }

    public (SignedVoucher Signed, string Story) Voucher(CastNode node, TokenAmount ceiling)
    {
        var payer = dice.Of(cast.Payers);
        var signer = dice.Weighed<Func<Account>>(
            (40, () => payer.Wallet),
            (35, () => dice.Of(payer.Spenders)),
            (25, () => payer.Spenders[2]),
            (6, () => dice.Of(dice.Of(cast.Payers).Spenders)),
            (3, () => dice.Of(cast.Payers).Wallet),
            (3, () => node.Key))();
        var voucher = new Voucher(payer.Address, node.Address, Cumulative(payer, signer, node, ceiling), dice.Chance(0.5) ? dice.Hash() : Bytes32.Zero);
        return dice.Weighed<Func<(SignedVoucher, string)>>(
            (80, () => (new(voucher, signer.Sign(voucher.Digest(cast.Rail))), "as it is")),
            (5, () => (new(voucher, dice.Malformed(signer.Sign(voucher.Digest(cast.Rail)))), "malformed signature")),
            (3, () => (new(voucher, dice.Turned(signer.Sign(voucher.Digest(cast.Rail)))), "one bit of the signature")),
            (3, () => (new(voucher, signer.Sign(voucher.Digest(otherChain))), "for another chain")),
            (3, () => (new(voucher, signer.Sign(voucher.Digest(otherDeployment))), "for another deployment")),
            (6, () => Changed(voucher, signer)))();
    }

    /// <summary>A rail whose signatures count for nothing on this one.</summary>
    public Rail Elsewhere() => dice.Of(otherChain, otherDeployment);

    // The last one seldom gets a new grant, so that it lives to see its old one end.
    Account Spender(CastPayer payer) => dice.Weighed<Account>((47, payer.Spenders[0]), (47, payer.Spenders[1]), (4, payer.Spenders[2]));

    (SignedGrant, string) Zeroed(Grant grant, CastPayer payer)
    {
        var zeroed = dice.Chance(0.8) ? grant with { Spender = default } : grant with { Payer = default };
        return (new(zeroed, payer.Wallet.Sign(zeroed.Digest(cast.Rail))), "a zero address");
    }

    (SignedGrant, string) Changed(Grant grant, CastPayer payer)
    {
        var signature = payer.Wallet.Sign(grant.Digest(cast.Rail));
        var (changed, field) = dice.Of<Func<(Grant, string)>>(
            () => (grant with { Payer = dice.Of(cast.Payers).Address }, "payer"),
            () => (grant with { Spender = dice.Of(payer.Spenders).Address }, "spender"),
            () => (grant with { Cap = new(unchecked(grant.Cap.Units + 1)) }, "cap"),
            () => (grant with { ValidUntil = unchecked(grant.ValidUntil + 1) }, "validUntil"),
            () => (grant with { Epoch = unchecked(grant.Epoch + 1) }, "epoch"))();
        return (new(changed, signature), $"{field} changed after signing");
    }

    (SignedVoucher, string) Changed(Voucher voucher, Account signer)
    {
        var other = dice.Of(cast.Nodes).Address;
        var (signed, field) = dice.Of<Func<(Voucher, string)>>(
            () => (voucher with { Payer = dice.Of(cast.Payers).Address }, "payer"),
            () => (voucher with { Node = other }, "node"),
            () => (voucher with { Cumulative = new(unchecked(voucher.Cumulative.Units - 1)) }, "cumulative"),
            () => (voucher with { Receipt = dice.Hash() }, "receipt"))();
        return (new(voucher, signer.Sign(signed.Digest(cast.Rail))), $"{field} changed after signing");
    }

    TokenAmount Cap() => dice.Weighed<Func<TokenAmount>>(
        (5, () => default), (5, () => new(1)), (40, () => new(dice.Between(1, 2_000))), (40, () => new(dice.Between(10_000, 200_000))),
        (5, () => new((UInt128.One << 104) - 1)), (5, () => TokenAmount.Max))();

    ulong ValidUntil(GrantTerms terms) => dice.Weighed<Func<ulong>>(
        (45, () => State.Now + dice.Between(1, dice.Of(2_000UL, 200_000UL))),
        (25, () => (terms.Registered?.ValidUntil ?? State.Now) + dice.Of(0UL, 0UL, 1UL, 1_000UL)),
        (4, () => (terms.Registered?.ValidUntil ?? State.Now) - 1),
        (6, () => State.Now - State.ThawPeriod - 1 + dice.Between(0, 2)),
        (4, () => State.Now - dice.Between(0, 2)),
        (6, () => dice.Between(0, State.Now - State.ThawPeriod)),
        (1, () => ulong.MaxValue - dice.Between(0, 1)))();

    uint Epoch(GrantTerms terms) => dice.Weighed<Func<uint>>(
        (75, () => terms.Epoch), (10, () => terms.Epoch == 0 ? 0 : terms.Epoch - 1), (4, () => 0), (6, () => terms.Epoch + 1), (3, () => terms.Registered?.Epoch ?? 7), (1, () => uint.MaxValue))();

    TokenAmount Cumulative(CastPayer payer, Account signer, CastNode node, TokenAmount ceiling)
    {
        var claimed = State.ClaimedOf(payer.Address, node.Address).Units;
        var (free, left) = (State.FreeFor(payer.Address, node.Provider).Units, State.AllowanceOf(payer.Address, signer.Address).Left.Units);
        return new(dice.Weighed<Func<UInt128>>(
            (300, () => claimed + (UInt128)dice.Between(1, 600)),
            (40, () => claimed),
            (30, () => claimed - (claimed > 0 ? UInt128.One : 0)),
            // What empties an account is rare, lest all are empty always.
            (4, () => claimed + free + (UInt128)dice.Below(2)),
            (40, () => claimed + UInt128.Min(left, 5_000) + (UInt128)dice.Below(2)),
            (25, () => claimed + UInt128.Min(ceiling.Units, 5_000) + (UInt128)dice.Below(2)),
            (3, () => dice.Of(UInt128.MaxValue, UInt128.One << 104, UInt128.Zero)))());
    }
}
