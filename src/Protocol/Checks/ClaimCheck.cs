namespace ProofMesh.Protocol;

/// <summary>Why a voucher moves no money, in the order in which it is asked, but for UnknownNode, which comes first. Escrow says the same.</summary>
public enum ClaimFault
{
    None,
    BadSignature,
    UnknownNode,
    NoGrant,
    GrantExpired,
    GrantRevoked,
    NothingNew,
    NoFunds,
    GrantExhausted,
    StakeTooLow,
}

/// <summary>What the chain knows when a voucher is claimed.</summary>
/// <param name="Claimed">What was paid of the pair's vouchers.</param>
/// <param name="Free">What this provider can take of the payer's money: all that isn't reserved for others.</param>
/// <param name="Ceiling">What the provider's stake lets it claim.</param>
/// <param name="AllowanceOf">What a spender can still move.</param>
public sealed record ClaimTerms(TokenAmount Claimed, TokenAmount Free, TokenAmount Ceiling, Func<Address, Allowance> AllowanceOf);

/// <param name="Moves">Zero where there is a fault.</param>
public readonly record struct ClaimVerdict(TokenAmount Moves, ClaimFault Fault);

/// <summary>What a claim does on chain.</summary>
public static class ClaimCheck
{
    /// <param name="terms">Null for a node that nobody registered.</param>
    public static ClaimVerdict Judge(SignedVoucher signed, ClaimTerms? terms, Rail rail, Recover recover)
    {
        if (terms is null) return new(default, ClaimFault.UnknownNode);
        return recover.Signer(signed.Voucher.Digest(rail), signed.Signature) is { } signer
            ? Judge(signed.Voucher, signer, terms)
            : new(default, ClaimFault.BadSignature);
    }

    /// <summary>The same, once it is known who signed.</summary>
    public static ClaimVerdict Judge(Voucher voucher, Address signer, ClaimTerms terms)
    {
        var moves = TokenAmount.Difference(voucher.Cumulative, terms.Claimed);
        if (moves.IsZero) return new(default, ClaimFault.NothingNew);
        if (signer != voucher.Payer)
        {
            var (left, fault) = terms.AllowanceOf(signer);
            if (fault != ClaimFault.None) return new(default, fault);
            if (left.IsZero) return new(default, ClaimFault.GrantExhausted);
            moves = TokenAmount.Min(moves, left);
        }
        if (terms.Free.IsZero) return new(default, ClaimFault.NoFunds);
        if (terms.Ceiling.IsZero) return new(default, ClaimFault.StakeTooLow);
        return new(TokenAmount.Min(moves, TokenAmount.Min(terms.Free, terms.Ceiling)), ClaimFault.None);
    }
}
