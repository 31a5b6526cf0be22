using System.Text;
using ProofMesh.Protocol;

namespace ProofMesh.Chain;

/// <summary>Messages that wallets sign for people to read (EIP-191, version 0x45).</summary>
public static class PersonalMessage
{
    /// <summary>keccak(0x19 ‖ "Ethereum Signed Message:\n" ‖ length in decimal ‖ message).</summary>
    public static Bytes32 Digest(ReadOnlySpan<byte> message)
    {
        var head = Encoding.UTF8.GetBytes($"\u0019Ethereum Signed Message:\n{message.Length}");
        return Keccak256.Hash([.. head, .. message]);
    }

    public static Bytes32 Digest(string message) => Digest(Encoding.UTF8.GetBytes(message));

    /// <summary>Who signed the text, or null where the signature is malformed.</summary>
    public static Address? RecoverMessage(string message, Signature signature) => Ecdsa.Recover(Digest(message), signature);

    public static Address? RecoverMessage(ReadOnlySpan<byte> message, Signature signature) => Ecdsa.Recover(Digest(message), signature);
}
