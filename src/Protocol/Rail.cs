namespace ProofMesh.Protocol;

/// <summary>One deployment: a chain, a token and the contracts that move it. All code takes the rail as a parameter.</summary>
public sealed record Rail(ulong ChainId, Address Token, Address Escrow, Address Staking, Address Settlement, int Decimals = 6, string Symbol = "USDT")
{
    /// <summary>The EIP-712 domain separator under which grants, reserves, vouchers, receipts and statements are signed.</summary>
    public Bytes32 Domain => Eip712.DomainSeparator(ChainId, Settlement);

    /// <summary>The EIP-712 domain separator under which a node key proves possession.</summary>
    public Bytes32 StakingDomain => Eip712.DomainSeparator(ChainId, Staking);
}
