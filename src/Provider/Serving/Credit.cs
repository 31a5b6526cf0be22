using ProofMesh.Protocol;

namespace ProofMesh.Provider;

/// <summary>What the chain says of a payer, as far as this node is concerned.</summary>
/// <param name="Available">Escrow less what is thawing or reserved for others: this provider's reserve counts.</param>
/// <param name="Claimed">What was paid to this node so far.</param>
/// <param name="Time">The chain's clock in Unix seconds.</param>
/// <param name="Reserved">What nobody but this provider can claim, for long enough to claim it.</param>
readonly record struct PayerOnChain(TokenAmount Available, TokenAmount Claimed, uint Epoch, ulong Time, TokenAmount Reserved = default);

delegate ValueTask<PayerOnChain> ReadPayer(Address payer, CancellationToken stop);

/// <summary>Decides whether a payer can pay for one more request. No I/O.</summary>
static class Credit
{
    /// <summary>What the payer must have in escrow for this node to serve a request that costs at most <paramref name="quote"/>.</summary>
    public static TokenAmount Needed(PayerAccount account, PayerOnChain chain, TokenAmount quote)
    {
        var owed = account.Billed > account.Acknowledged ? account.Billed : account.Acknowledged;
        return TokenAmount.Difference(owed, chain.Claimed) + account.Committed + quote;
    }

    /// <summary>The highest total that a voucher of this payer may state and still be paid.</summary>
    public static TokenAmount Limit(PayerOnChain chain) => chain.Claimed + chain.Available;

    /// <summary>The total that the next voucher must state, given what this request has cost and had acknowledged.</summary>
    public static TokenAmount Required(PayerAccount account, TokenAmount fee, TokenAmount acknowledgedOfRequest) =>
        account.Acknowledged + TokenAmount.Difference(fee, acknowledgedOfRequest);
}
