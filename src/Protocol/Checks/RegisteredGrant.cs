namespace ProofMesh.Protocol;

/// <summary>A grant as the chain keeps it.</summary>
/// <param name="Limit">Vouchers of the spender count while the total that the payer has ever paid is below it.</param>
public sealed record RegisteredGrant(TokenAmount Limit, ulong ValidUntil, uint Epoch)
{
    // Accounts hold 104 bits.
    static readonly TokenAmount Unlimited = new((UInt128.One << 104) - 1);

    /// <param name="spent">What the payer had paid in all when the grant was registered.</param>
    public static RegisteredGrant Of(Grant grant, TokenAmount spent) =>
        new(grant.Cap < TokenAmount.Difference(Unlimited, spent) ? spent + grant.Cap : Unlimited, grant.ValidUntil, grant.Epoch);

    public bool IsOlderThan(Grant grant) => grant.Epoch > Epoch || (grant.Epoch == Epoch && grant.ValidUntil > ValidUntil);
}

/// <summary>How much a spender can still move, or why nothing.</summary>
public readonly record struct Allowance(TokenAmount Left, ClaimFault Fault)
{
    /// <summary>What the chain says of the registered grant.</summary>
    /// <param name="spent">What the payer has paid in all.</param>
    public static Allowance Of(GrantTerms terms, TokenAmount spent)
    {
        if (terms.Registered is not { } grant) return new(default, ClaimFault.NoGrant);
        if (terms.HasEnded(grant.ValidUntil)) return new(default, ClaimFault.GrantExpired);
        if (!terms.IsAlive(grant.Epoch)) return new(default, ClaimFault.GrantRevoked);
        return new(TokenAmount.Difference(grant.Limit, spent), ClaimFault.None);
    }
}
