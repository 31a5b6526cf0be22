namespace ProofMesh.Protocol;

/// <summary>Why a node doesn't take a voucher, in the order in which it is asked.</summary>
public enum VoucherFault
{
    None,
    WrongPayer,
    WrongNode,
    BadSignature,
    /// <summary>Less than what was asked for.</summary>
    TooLow,
    /// <summary>Neither the payer nor the spender of the grant signed it.</summary>
    WrongSigner,
    /// <summary>More than the grant's cap, or more than the payer has.</summary>
    TooHigh,
}

/// <summary>What a node expects of the next voucher.</summary>
/// <param name="Required">The least total that it may state.</param>
/// <param name="Limit">The most that the payer's escrow covers.</param>
/// <param name="Grant">A grant that was checked, or null when only the payer's own signature counts.</param>
/// <param name="Claimed">What was paid of this pair's vouchers already: a grant's cap bounds what is still to be paid.</param>
public sealed record VoucherTerms(Address Payer, Address Node, TokenAmount Required, TokenAmount Limit, Grant? Grant, TokenAmount Claimed = default);

/// <summary>Whether a node takes a voucher: what it takes, <see cref="ClaimCheck"/> pays.</summary>
public static class VoucherCheck
{
    public static VoucherFault Fault(SignedVoucher signed, VoucherTerms terms, Rail rail, Recover recover)
    {
        var voucher = signed.Voucher;
        if (voucher.Payer != terms.Payer) return VoucherFault.WrongPayer;
        if (voucher.Node != terms.Node) return VoucherFault.WrongNode;
        if (recover.Signer(voucher.Digest(rail), signed.Signature) is not { } signer) return VoucherFault.BadSignature;
        if (voucher.Cumulative < terms.Required) return VoucherFault.TooLow;
        if (signer != voucher.Payer)
        {
            if (terms.Grant is not { } grant || grant.Payer != voucher.Payer || signer != grant.Spender) return VoucherFault.WrongSigner;
            if (TokenAmount.Difference(voucher.Cumulative, terms.Claimed) > grant.Cap) return VoucherFault.TooHigh;
        }
        return voucher.Cumulative > terms.Limit ? VoucherFault.TooHigh : VoucherFault.None;
    }
}
