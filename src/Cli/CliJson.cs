using System.Text.Json.Serialization;
using ProofMesh.Chain.Contracts;
using ProofMesh.Client;
using ProofMesh.Protocol;

namespace ProofMesh.Cli;

sealed record SentView(Bytes32 Transaction, ulong Block, TokenAmount? Amount = null, Address? To = null);

sealed record WalletView(Address Address, string File, string? Mnemonic = null);

/// <param name="Ether">Wei, in decimal.</param>
sealed record BalanceView(Address Address, string Ether, TokenAmount Tokens, TokenAmount Escrow, TokenAmount Thawing, TokenAmount Reserved, TokenAmount Earned, string Currency, int Decimals);

sealed record RegisteredView(Address Provider, Address Node, TokenAmount Stake, string? Endpoint);

sealed record ProviderView(
    Address Provider, bool Active, TokenAmount Stake, TokenAmount MinimumStake, TokenAmount Unbonding, TokenAmount Earned, Address[] Nodes,
    ulong Completed, ulong Tokens, TokenAmount Fees, ulong Points, uint Slashes, ulong Score, string Level, string? Achievements, string? AchievementsMissing, string Currency, int Decimals);

/// <param name="ReadyAt">Unix seconds.</param>
sealed record ProposedPool(Bytes32 Pool, Member[] Members, Address[] Accepted, ulong ReadyAt);

sealed record PoolView(Address Provider, Member[] Members, TokenAmount Undivided, ProposedPool? Proposed, Bytes32? Transaction = null);

/// <param name="OpenAt">Unix seconds; null for one that is closed.</param>
sealed record OneVault(ushort Number, Address Address, ulong? OpenAt);

/// <param name="Vault">0 for none.</param>
/// <param name="Units">Shares of the vault, or base units.</param>
sealed record VaultView(Address Provider, ushort Vault, TokenAmount Units, TokenAmount Cost, TokenAmount Stake, OneVault[] Vaults, Bytes32? Transaction = null);

/// <param name="Says">What the node did, in words.</param>
sealed record ReportView(
    string Offence, Address Node, ulong Sequence, string Says, Address? Provider = null, TokenAmount? Taken = null, TokenAmount? ToPayer = null, TokenAmount? ToReporter = null, Bytes32? Transaction = null);

sealed record AuditView(bool Holds, Bytes32 RequestId, Bytes32? Transaction, string State, Check[] Checks);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SentView))]
[JsonSerializable(typeof(WalletView))]
[JsonSerializable(typeof(BalanceView))]
[JsonSerializable(typeof(RegisteredView))]
[JsonSerializable(typeof(ProviderView))]
[JsonSerializable(typeof(AuditView))]
[JsonSerializable(typeof(PoolView))]
[JsonSerializable(typeof(VaultView))]
[JsonSerializable(typeof(ReportView))]
[JsonSerializable(typeof(ChatAnswer))]
[JsonSerializable(typeof(Grant))]
[JsonSerializable(typeof(ApiKey))]
[JsonSerializable(typeof(IReadOnlyList<ApiKey>))]
[JsonSerializable(typeof(PaidRequest))]
[JsonSerializable(typeof(IReadOnlyList<PaidRequest>))]
sealed partial class CliJson : JsonSerializerContext;
