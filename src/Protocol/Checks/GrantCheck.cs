namespace ProofMesh.Protocol;

/// <summary>Recovers who signed a digest; null when nobody can have.</summary>
public delegate Address? Recover(Bytes32 digest, Signature signature);

public enum GrantFault
{
    None,
    ZeroPayer,
    ZeroSpender,
    ZeroCap,
    Expired,
    WrongEpoch,
    BadSignature,
    WrongSigner,
}

public static class GrantCheck
{
    /// <summary>Whether the payer's wallet gave this spender authority that holds now. Contract wallets (ERC-1271) are for the chain to check.</summary>
    /// <param name="now">Unix seconds of the chain.</param>
    /// <param name="epoch">The payer's epoch on chain.</param>
    public static GrantFault Fault(SignedGrant signed, Rail rail, ulong now, uint epoch, Recover recover)
    {
        var grant = signed.Grant;
        if (grant.Payer.IsZero) return GrantFault.ZeroPayer;
        if (grant.Spender.IsZero) return GrantFault.ZeroSpender;
        if (grant.Cap.IsZero) return GrantFault.ZeroCap;
        if (grant.ValidUntil < now) return GrantFault.Expired;
        if (grant.Epoch != epoch) return GrantFault.WrongEpoch;
        if (!signed.Signature.IsCanonical) return GrantFault.BadSignature;
        var signer = recover(grant.Digest(rail), signed.Signature);
        if (signer is null) return GrantFault.BadSignature;
        return signer == grant.Payer ? GrantFault.None : GrantFault.WrongSigner;
    }
}
