using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

enum SignInFault
{
    None,
    NotAMessage,
    WrongDomain,
    WrongChain,
    /// <summary>Never given out, used before, or too old.</summary>
    UnknownNonce,
    NotYet,
    Expired,
    WrongSigner,
}

static class SignInCheck
{
    static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(2);

    /// <summary>What can be said without asking which nonces are open.</summary>
    /// <param name="recovered">Who signed the text, null for nobody.</param>
    public static SignInFault Fault(SignInMessage? message, Address? recovered, string domain, ulong chainId, DateTimeOffset now)
    {
        if (message is null) return SignInFault.NotAMessage;
        if (!string.Equals(message.Domain, domain, StringComparison.OrdinalIgnoreCase)) return SignInFault.WrongDomain;
        if (message.ChainId != chainId) return SignInFault.WrongChain;
        if (message.IssuedAt > now + ClockTolerance || message.NotBefore > now + ClockTolerance) return SignInFault.NotYet;
        if (message.ExpirationTime < now) return SignInFault.Expired;
        return recovered == message.Wallet ? SignInFault.None : SignInFault.WrongSigner;
    }
}
