using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>Whose money a request spends, and by what authority.</summary>
/// <param name="ApiKey">Null for a wallet's own session.</param>
/// <param name="Grant">The payer's newest grant for this gateway's spender, null for none.</param>
/// <param name="Headroom">What may be reserved and unsettled under the grant.</param>
/// <param name="Epoch">The payer's epoch on chain.</param>
/// <param name="Room">What could be spent when this was read; shared by all requests that go by this reading.</param>
/// <param name="Level">What the wallet earned as a provider decides its priority as a customer.</param>
sealed record Caller(Address Payer, long? ApiKey, SignedGrant? Grant, TokenAmount Headroom, uint Epoch, Level Level, Room Room);
