using System.Globalization;
using ProofMesh.Protocol;

namespace ProofMesh.Client;

/// <summary>The text that a wallet signs to sign in (EIP-4361).</summary>
static class SignIn
{
    /// <summary>Why a gateway's nonce is not to be signed: signed for another domain, it would let this gateway sign in there.</summary>
    public static string? Fault(Nonce nonce, Uri gateway)
    {
        if (nonce.Domain != gateway.Authority && nonce.Domain != gateway.Host) return $"{gateway.Authority} asks for a signature that is good at another domain.";
        return nonce.Value is { Length: >= 8 and <= 128 } value && value.All(char.IsAsciiLetterOrDigit) ? null : $"{gateway.Authority} sent a nonce that isn't 8 to 128 letters and digits.";
    }

    public static string Message(Nonce nonce, Address wallet, Uri gateway, DateTimeOffset now) => string.Join('\n',
        $"{nonce.Domain} wants you to sign in with your Ethereum account:", wallet, "",
        $"URI: {gateway}", "Version: 1", $"Chain ID: {nonce.ChainId}", $"Nonce: {nonce.Value}",
        string.Create(CultureInfo.InvariantCulture, $"Issued At: {now.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}"));
}
