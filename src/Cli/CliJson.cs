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

/// <param name="Vote">None, Committed, Acquit or Convict.</param>
sealed record SeatView(Address Auditor, string Vote);

/// <param name="VoteFrom">Unix seconds; until then the panel is drawn.</param>
/// <param name="RevealFrom">Unix seconds.</param>
/// <param name="ResolveFrom">Unix seconds.</param>
/// <param name="SeedBlock">The block whose randomness draws the panel.</param>
sealed record ChallengeView(
    string Id, string Verdict, Address Node, Address Provider, ulong Sequence, Address Challenger, TokenAmount Bond, bool Answered,
    ulong VoteFrom, ulong RevealFrom, ulong ResolveFrom, ulong SeedBlock, bool Drawn, SeatView[] Panel, Bytes32? Transaction);

/// <param name="EnrolledAt">Unix seconds, 0 for one that can't be drawn.</param>
/// <param name="Seats">On how many open panels it sits.</param>
sealed record AuditorView(Address Auditor, TokenAmount Bond, ulong EnrolledAt, uint Seats, TokenAmount LeastBond, Bytes32? Transaction);

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
[JsonSerializable(typeof(ChallengeView))]
[JsonSerializable(typeof(AuditorView))]
[JsonSerializable(typeof(ListedModel[]))]
[JsonSerializable(typeof(ShownModel))]
[JsonSerializable(typeof(ImportedModel))]
[JsonSerializable(typeof(RemovedModel))]
[JsonSerializable(typeof(ChatAnswer))]
[JsonSerializable(typeof(Grant))]
[JsonSerializable(typeof(ApiKey))]
[JsonSerializable(typeof(IReadOnlyList<ApiKey>))]
[JsonSerializable(typeof(PaidRequest))]
[JsonSerializable(typeof(IReadOnlyList<PaidRequest>))]
sealed partial class CliJson : JsonSerializerContext;
