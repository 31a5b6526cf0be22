using ProofMesh.Protocol;

namespace ProofMesh.Chain;

/// <summary>Storage that a transaction names beforehand (EIP-2930).</summary>
public sealed record AccessListEntry(Address Address, Bytes32[] StorageKeys);

/// <summary>A fee-market transaction (EIP-1559, type 2). Amounts are wei.</summary>
/// <param name="To">Null creates a contract.</param>
public sealed record Transaction(ulong ChainId, ulong Nonce, UInt128 MaxPriorityFeePerGas, UInt128 MaxFeePerGas, ulong Gas, Address? To, UInt128 Value, byte[] Data)
{
    internal const byte Type = 2;

    public AccessListEntry[] AccessList { get; init; } = [];

    /// <summary>What the sender signs: keccak(0x02 ‖ rlp of the nine fields).</summary>
    public Bytes32 SigningHash => Keccak256.Hash(Encode(Fields()));

    public SignedTransaction Sign(Account account) => new(this, account.Sign(SigningHash));

    public async ValueTask<SignedTransaction> SignAsync(Signer signer, CancellationToken stop = default) =>
        new(this, await signer.SignAsync(SigningHash, stop));

    internal static byte[] Encode(RlpItem[] fields) => [Type, .. Rlp.Encode(new RlpItem(fields))];

    internal RlpItem[] Fields() =>
    [
        ChainId, Nonce, MaxPriorityFeePerGas, MaxFeePerGas, Gas, To is { } to ? to : Array.Empty<byte>(), Value, Data,
        new RlpItem([.. AccessList.Select(entry => new RlpItem(entry.Address, new RlpItem([.. entry.StorageKeys.Select(key => (RlpItem)key)])))]),
    ];
}
