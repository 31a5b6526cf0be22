using System.Text.Json.Serialization;
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
    ulong Completed, ulong Tokens, TokenAmount Fees, ulong Points, uint Slashes, string Level, string Currency, int Decimals);

sealed record AuditView(bool Holds, Bytes32 RequestId, Bytes32? Transaction, string State, Check[] Checks);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SentView))]
[JsonSerializable(typeof(WalletView))]
[JsonSerializable(typeof(BalanceView))]
[JsonSerializable(typeof(RegisteredView))]
[JsonSerializable(typeof(ProviderView))]
[JsonSerializable(typeof(AuditView))]
[JsonSerializable(typeof(ChatAnswer))]
[JsonSerializable(typeof(Grant))]
[JsonSerializable(typeof(ApiKey))]
[JsonSerializable(typeof(IReadOnlyList<ApiKey>))]
[JsonSerializable(typeof(PaidRequest))]
[JsonSerializable(typeof(IReadOnlyList<PaidRequest>))]
sealed partial class CliJson : JsonSerializerContext;
