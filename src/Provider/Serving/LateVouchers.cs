using ProofMesh.Protocol;

namespace ProofMesh.Provider;

/// <summary>Takes vouchers that no running request waits for: they were signed while this node was away, or came after it had stopped waiting.</summary>
sealed class LateVouchers(Rail rail, Address node, NodeBooks books, ReadPayer readPayer, Recover recover)
{
    /// <summary>Keeps those that pay more than what is held already; the others change nothing. Safe to repeat.</summary>
    public async Task Take(SignedVoucher[] vouchers, CancellationToken stop)
    {
        foreach (var voucher in vouchers)
            try
            {
                await Take(voucher, stop);
            }
            catch (Exception fault) when (!stop.IsCancellationRequested)
            {
                Log.Line("late_voucher_lost", ("payer", voucher.Voucher.Payer), ("error", fault.Message));
            }
    }

    async Task Take(SignedVoucher signed, CancellationToken stop)
    {
        var payer = signed.Voucher.Payer;
        var (acknowledged, asking) = books.With(payer, account => (account.Acknowledged, account.Asking));
        if (signed.Voucher.Cumulative <= acknowledged) return;
        var chain = await readPayer(payer, stop);
        // An answer that is being asked for builds on the newest voucher: that one must not change meanwhile.
        await asking.WaitAsync(stop);
        try
        {
            var fault = VoucherCheck.Fault(signed, new(payer, node, TokenAmount.Zero, Credit.Limit(chain), GrantOf(signed, chain), chain.Claimed), rail, recover);
            if (fault == VoucherFault.None) books.AcceptShown(signed);
            Log.Line("late_voucher", ("payer", payer), ("total", signed.Voucher.Cumulative), ("fault", fault));
        }
        finally
        {
            asking.Release();
        }
    }

    // Only a spender that this node has served: its grant was checked, and a settler will want it.
    Grant? GrantOf(SignedVoucher signed, PayerOnChain chain) =>
        recover.Signer(signed.Voucher.Digest(rail), signed.Signature) is { } signer
        && books.With(signed.Voucher.Payer, account => account.Grants.GetValueOrDefault(signer)) is { Grant: var grant }
        && GrantCheck.Fault(grant, new GrantTerms(chain.Time, chain.Epoch)) == GrantFault.None
            ? grant
            : null;
}
