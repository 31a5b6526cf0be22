using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using ProofMesh.Protocol;

namespace ProofMesh.Chain;

/// <summary>A private key and its address. It shows its address alone: no text, log or debugger view holds the key.</summary>
/// <remarks>The key lives in one pinned array, so that the collector leaves no copies, and is wiped when disposed.</remarks>
[DebuggerDisplay("{Address}")]
public sealed class Account : IDisposable
{
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    readonly byte[] key = GC.AllocateArray<byte>(32, pinned: true);
    bool disposed;

    Account(ReadOnlySpan<byte> privateKey)
    {
        if (!Secp256k1.IsPrivateKey(privateKey)) throw new ArgumentException("A private key has 32 bytes and lies between 1 and the order of secp256k1.");
        privateKey.CopyTo(key);
        Span<byte> publicKey = stackalloc byte[65];
        Secp256k1.PublicKey(key, publicKey);
        Address = Ecdsa.AddressOf(publicKey);
    }

    public Address Address { get; }

    /// <exception cref="ArgumentException">Not 32 bytes, zero, or not below the curve's order.</exception>
    public static Account FromPrivateKey(ReadOnlySpan<byte> privateKey) => new(privateKey);

    /// <summary>Reads 64 hexadecimal digits with or without 0x.</summary>
    /// <exception cref="ArgumentException">No private key; the message never repeats the text.</exception>
    public static Account FromPrivateKey(string privateKey)
    {
        Span<byte> bytes = stackalloc byte[32];
        try
        {
            return Hex.TryDecode(privateKey, bytes) ? new Account(bytes) : throw new ArgumentException("A private key is 0x and 64 hexadecimal digits.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    public static Account Generate()
    {
        Span<byte> bytes = stackalloc byte[32];
        do RandomNumberGenerator.Fill(bytes);
        while (!Secp256k1.IsPrivateKey(bytes));
        var account = new Account(bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return account;
    }

    /// <summary>Deterministic (RFC 6979), low s, v 27 or 28.</summary>
    [SkipLocalsInit]
    public Signature Sign(Bytes32 digest)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        Span<byte> hash = stackalloc byte[32], signature = stackalloc byte[65];
        digest.CopyTo(hash);
        var recovery = Secp256k1.Sign(hash, key, signature[..64]);
        // Ids 2 and 3 mean r ≥ the field's order less the group's, which no one has ever met (2⁻¹²⁷).
        if (recovery > 1) throw new CryptographicException("The digest can't be signed with a recovery id of 0 or 1.");
        signature[64] = (byte)(27 + recovery);
        return new Signature(signature);
    }

    /// <summary>Signs text as wallets do (EIP-191, personal_sign).</summary>
    public Signature SignMessage(string message) => Sign(PersonalMessage.Digest(message));

    public Signature SignMessage(ReadOnlySpan<byte> message) => Sign(PersonalMessage.Digest(message));

    /// <summary>Signs typed data given as JSON (EIP-712, eth_signTypedData_v4).</summary>
    /// <exception cref="FormatException">The JSON isn't typed data.</exception>
    public Signature SignTypedData(string json) => Sign(TypedData.Parse(json).Digest());

    /// <summary>Hands out the key, for a keystore: the caller wipes the span.</summary>
    public void CopyPrivateKey(Span<byte> target)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        key.CopyTo(target);
    }

    public void Dispose()
    {
        disposed = true;
        CryptographicOperations.ZeroMemory(key);
    }

    public override string ToString() => Address.ToString();
}
