using ProofMesh.Protocol;

namespace ProofMesh.Chain.Contracts;

/// <summary>The vouchers of one node, as Settlement takes them.</summary>
public sealed partial record NodeClaims
{
    /// <summary>Groups vouchers by node, nodes and vouchers in the order in which they come.</summary>
    public static NodeClaims[] Of(IEnumerable<SignedVoucher> vouchers) =>
        [.. vouchers.GroupBy(signed => signed.Voucher.Node).Select(node => new NodeClaims(node.Key, [.. node.Select(Claim)]))];

    public static implicit operator NodeClaims(SignedVoucher signed) => new(signed.Voucher.Node, [Claim(signed)]);

    static Claim Claim(SignedVoucher signed) => new(signed.Voucher.Payer, signed.Voucher.Cumulative, signed.Voucher.Receipt, signed.Signature);
}
