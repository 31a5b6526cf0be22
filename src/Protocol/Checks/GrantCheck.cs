namespace ProofMesh.Protocol;

/// <summary>Why a grant gives no authority, in the order in which it is asked; Escrow and Settlement say the same.</summary>
public enum GrantFault
{
    None,
    /// <summary>Not the payer's signature, by its key or by its contract.</summary>
    BadSignature,
    ZeroAddress,
    Expired,
    /// <summary>Of an epoch that the payer revoked, or hasn't reached.</summary>
    WrongEpoch,
    /// <summary>The chain has one for this spender that lasts as long, or is of a later epoch.</summary>
    NotNewer,
    /// <summary>Another payer's, or for another spender. Only who serves asks.</summary>
    WrongParty,
}

/// <summary>What a grant is held against.</summary>
/// <param name="Now">Unix seconds of the chain.</param>
/// <param name="Epoch">The payer's epoch on chain.</param>
/// <param name="Grace">Seconds that a grant counts after its end: the thaw period where it is settled, none where it is served.</param>
/// <param name="EpochEnd">When the grants of a revoked epoch end; null where they count no more.</param>
/// <param name="Registered">What the chain has for the pair; null where it has none, or it makes no difference.</param>
public sealed record GrantTerms(ulong Now, uint Epoch, ulong Grace = 0, Func<uint, ulong>? EpochEnd = null, RegisteredGrant? Registered = null)
{
    public bool HasEnded(ulong validUntil) => Now >= (UInt128)validUntil + Grace;

    public bool IsAlive(uint epoch) => epoch == Epoch || Now < (EpochEnd?.Invoke(epoch) ?? 0);
}

/// <summary>Whether a wallet that is a contract accepts a signature (ERC-1271). Asked when no key of the payer's address signed.</summary>
public delegate ValueTask<bool> AskWallet(Address wallet, Bytes32 digest, Signature signature, CancellationToken stop);

public static class GrantCheck
{
    /// <summary>Whether the payer's own key gave this spender authority.</summary>
    public static GrantFault Fault(SignedGrant signed, GrantTerms terms, Rail rail, Recover recover) =>
        recover.Signer(signed.Grant.Digest(rail), signed.Signature) is { } signer && signer == signed.Grant.Payer
            ? Fault(signed.Grant, terms)
            : GrantFault.BadSignature;

    /// <summary>The same, for a payer that may be a contract.</summary>
    public static async ValueTask<GrantFault> FaultAsync(SignedGrant signed, GrantTerms terms, Rail rail, Recover recover, AskWallet wallet, CancellationToken stop)
    {
        var fault = Fault(signed, terms, rail, recover);
        if (fault != GrantFault.BadSignature) return fault;
        return await wallet(signed.Grant.Payer, signed.Grant.Digest(rail), signed.Signature, stop) ? Fault(signed.Grant, terms) : fault;
    }

    /// <summary>Whether a grant counts whose signature was checked.</summary>
    public static GrantFault Fault(Grant grant, GrantTerms terms)
    {
        if (grant.Payer.IsZero || grant.Spender.IsZero) return GrantFault.ZeroAddress;
        if (terms.HasEnded(grant.ValidUntil)) return GrantFault.Expired;
        if (!terms.IsAlive(grant.Epoch)) return GrantFault.WrongEpoch;
        return terms.Registered is not { } old || old.IsOlderThan(grant) ? GrantFault.None : GrantFault.NotNewer;
    }
}
