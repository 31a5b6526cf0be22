namespace ProofMesh.Protocol;

public enum VoucherFault
{
    None,
    WrongPayer,
    WrongNode,
    /// <summary>Less than what was asked for.</summary>
    TooLow,
    /// <summary>More than the grant's cap, or more than the payer has.</summary>
    TooHigh,
    BadSignature,
    /// <summary>Neither the payer nor the spender of the grant signed it.</summary>
    WrongSigner,
}

/// <summary>What a node expects of the next voucher.</summary>
/// <param name="Required">The least total that it may state.</param>
/// <param name="Limit">The most that the payer's escrow covers.</param>
/// <param name="Grant">A grant that was checked, or null when only the payer's own signature counts.</param>
/// <param name="Claimed">What was paid of this pair's vouchers already: a grant's cap bounds what is still to be paid.</param>
public sealed record VoucherTerms(Address Payer, Address Node, TokenAmount Required, TokenAmount Limit, Grant? Grant, TokenAmount Claimed = default);

public static class VoucherCheck
{
    public static VoucherFault Fault(SignedVoucher signed, VoucherTerms terms, Rail rail, Recover recover)
    {
        var voucher = signed.Voucher;
        if (voucher.Payer != terms.Payer) return VoucherFault.WrongPayer;
        if (voucher.Node != terms.Node) return VoucherFault.WrongNode;
        if (voucher.Cumulative < terms.Required) return VoucherFault.TooLow;
        if (voucher.Cumulative > terms.Limit) return VoucherFault.TooHigh;
        if (!signed.Signature.IsCanonical) return VoucherFault.BadSignature;
        var signer = recover(voucher.Digest(rail), signed.Signature);
        if (signer is null) return VoucherFault.BadSignature;
        if (signer == voucher.Payer) return VoucherFault.None;
        if (terms.Grant is not { } grant || grant.Payer != voucher.Payer || signer != grant.Spender) return VoucherFault.WrongSigner;
        return TokenAmount.Difference(voucher.Cumulative, terms.Claimed) > grant.Cap ? VoucherFault.TooHigh : VoucherFault.None;
    }
}
