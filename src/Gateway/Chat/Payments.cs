using Npgsql;
using ProofMesh.Chain;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>A voucher that may be sent, or why none is signed.</summary>
readonly record struct Paid(SignedVoucher? Voucher, RelayFault Fault, string Message)
{
    public static Paid By(SignedVoucher voucher) => new(voucher, RelayFault.None, "");
}

/// <summary>Signs vouchers for exactly what a request explains; each is in the books before anybody sees it.</summary>
sealed class Payments(Books books, Pairs pairs, Grants grants, Spender spender, Rail rail, ILogger<Payments> log)
{
    public async Task<Paid> VoucherAsync(Bill bill, NeedVoucherFrame need)
    {
        if (await LastFaultAsync(bill.Terms, need.Last) is { } fault) return new(null, RelayFault.WrongPayment, fault);
        var last = need.Last?.Voucher.Cumulative ?? TokenAmount.Zero;
        if (bill.Answered(need.Required, last) is { } again) return Paid.By(again);
        var (rise, wrong) = bill.Explain(need, last);
        if (wrong is not null) return new(null, RelayFault.WrongPayment, wrong);
        return await SignAsync(bill, need.Required, last, rise, Bytes32.Zero, null);
    }

    /// <summary>The voucher under a receipt that was checked: it closes the request in the books.</summary>
    public async Task<Paid> FinalAsync(Bill bill, ReceiptFrame frame)
    {
        if (await LastFaultAsync(bill.Terms, frame.Last) is { } fault) return new(null, RelayFault.WrongPayment, fault);
        var last = frame.Last?.Voucher.Cumulative ?? TokenAmount.Zero;
        var (rise, wrong) = bill.Explain(frame, last);
        if (wrong is not null) return new(null, RelayFault.WrongPayment, wrong);
        var ending = new Ending("paid", null, bill.Terms.Node, bill.Terms.Provider, frame.Receipt);
        return await SignAsync(bill, frame.Required, last, rise, frame.Receipt.Receipt.StructHash(), ending);
    }

    async Task<Paid> SignAsync(Bill bill, TokenAmount total, TokenAmount last, TokenAmount rise, Bytes32 receipt, Ending? ending)
    {
        var voucher = spender.Sign(new Voucher(bill.Terms.Payer, bill.Terms.Node, total, receipt));
        try
        {
            if (!await books.PayAsync(bill.Terms.Request, voucher, rise, ending, CancellationToken.None))
                return new(null, RelayFault.BooksClosed, "The reservation of this request has ended.");
        }
        catch (NpgsqlException fault)
        {
            log.LogError(fault, "request {Request}: a voucher couldn't be written down, so it isn't sent", bill.Terms.Request);
            return new(null, RelayFault.BooksClosed, "The books can't be reached.");
        }
        bill.Acknowledge(voucher, last, rise);
        if (ending?.Receipt is { } paid) pairs.Paid(voucher, paid.Receipt);
        return Paid.By(voucher);
    }

    // A voucher that a stranger signed would make this gateway sign the stranger's sum.
    async Task<string?> LastFaultAsync(BillTerms terms, SignedVoucher? last)
    {
        if (last is null) return null;
        if (last.Voucher.Payer != terms.Payer || last.Voucher.Node != terms.Node) return "The node's last voucher is of another payer or node.";
        if (!last.Signature.IsCanonical || Ecdsa.Recover(last.Voucher.Digest(rail), last.Signature) is not { } signer) return "The node's last voucher isn't signed.";
        if (signer == spender.Address || signer == terms.Payer || await grants.IsSpenderAsync(terms.Payer, signer, CancellationToken.None)) return null;
        return $"The node's last voucher is signed by {signer}, who may not spend for this payer.";
    }
}
