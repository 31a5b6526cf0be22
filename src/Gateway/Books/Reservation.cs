using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>Money to hold for one request.</summary>
/// <param name="Ceiling">The most that the request can cost.</param>
/// <param name="Headroom">What the payer's grant lets be outstanding in all: reserved and unsettled together.</param>
sealed record Reservation(Bytes32 Request, Bytes32 ClientNonce, Bytes32 Salt, Address Payer, long? ApiKey, string Model, TokenAmount Ceiling, TokenAmount Headroom);

/// <summary>What a payer has, in base units.</summary>
/// <param name="Available">Negative when money left the escrow while it was promised here.</param>
sealed record Balance(System.Numerics.BigInteger Available, TokenAmount Reserved, TokenAmount Unsettled, TokenAmount Settled);

/// <summary>The newest voucher of a payer for a node, and what the last receipt said.</summary>
sealed record Pair(Address Payer, Address Node, TokenAmount Owed, Bytes32? Receipt, Signature? Signature, ulong Sequence, TokenAmount Receipted)
{
    /// <summary>Null where nothing is owed, or where the chain alone knows the voucher.</summary>
    public SignedVoucher? Voucher => Signature is { } signature ? new(new Voucher(Payer, Node, Owed, Receipt ?? Bytes32.Zero), signature) : null;
}

/// <summary>How a request ended, for the books.</summary>
/// <param name="Status">paid, partly or unserved.</param>
sealed record Ending(string Status, string? Fault, Address? Node, Address? Provider, SignedReceipt? Receipt);
