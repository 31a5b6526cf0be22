namespace ProofMesh.Protocol;

/// <summary>Whether a signed reserve is what was asked for. What the payer has is for the chain to check.</summary>
public static class ReserveCheck
{
    /// <summary>What is wrong with it, or null.</summary>
    /// <param name="grant">A grant that was checked, or null when only the payer's own signature counts.</param>
    /// <param name="tolerance">Seconds that it may end before what is asked for now: it was asked for a while ago.</param>
    public static string? Fault(SignedReserve signed, Reserve wanted, Grant? grant, ulong tolerance, Rail rail, Recover recover)
    {
        var reserve = signed.Reserve;
        if (reserve.Payer != wanted.Payer) return $"it is of payer {reserve.Payer}, not {wanted.Payer}.";
        if (reserve.Provider != wanted.Provider) return $"it is for provider {reserve.Provider}, not {wanted.Provider}.";
        if (reserve.Amount < wanted.Amount) return $"it holds {reserve.Amount} base units, {wanted.Amount} are wanted.";
        if (reserve.Until + tolerance < wanted.Until) return $"it ends at {reserve.Until}, {wanted.Until} is wanted.";
        if (!signed.Signature.IsCanonical || recover(reserve.Digest(rail), signed.Signature) is not { } signer) return "its signature is none.";
        return signer == reserve.Payer || (grant is not null && grant.Payer == reserve.Payer && signer == grant.Spender) ? null : $"{signer} signed it, who may not spend for this payer.";
    }
}
