using ProofMesh.Protocol;

namespace ProofMesh.Provider;

/// <summary>What one payer owes this node and has acknowledged. Guarded by the lock of <see cref="NodeBooks"/>.</summary>
sealed class PayerAccount
{
    /// <summary>Sum of the fees of all receipts.</summary>
    public TokenAmount Billed { get; set; }

    /// <summary>Quotes of the requests that are running: what they may cost at most.</summary>
    public TokenAmount Committed { get; set; }

    /// <summary>Sum of the fees whose voucher never came, less what was written off.</summary>
    public TokenAmount Unpaid { get; set; }

    /// <summary>Debts that the payer is asked for no more.</summary>
    public TokenAmount WrittenOff { get; set; }

    /// <summary>When the last receipt's request came, in Unix milliseconds.</summary>
    public ulong LastAt { get; set; }

    /// <summary>The newest receipts whose voucher hasn't come: what a payer is shown that owes too much.</summary>
    public List<Receipt> Owing { get; } = [];

    public SignedVoucher? Last { get; set; }

    /// <summary>Checked grants by spender.</summary>
    public Dictionary<Address, SignedGrant> Grants { get; } = [];

    /// <summary>The newest voucher went to a settler.</summary>
    public bool Submitted { get; set; } = true;

    /// <summary>Nothing that must be remembered of this payer.</summary>
    public bool IsEmpty => Billed.IsZero && Last is null && Grants.Count == 0;

    public TokenAmount Acknowledged => Last?.Voucher.Cumulative ?? TokenAmount.Zero;

    /// <summary>Held while a voucher is asked for: two spenders asked at once would sign the same total twice.</summary>
    public SemaphoreSlim Asking { get; } = new(1);
}
