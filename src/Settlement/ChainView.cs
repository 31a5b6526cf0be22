using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using ProofMesh.Chain;
using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;

namespace ProofMesh.Settlement;

/// <summary>Asks the contracts many things at once.</summary>
sealed class ChainView(Web3 web3, Rail rail)
{
    // A node key belongs to one provider for ever, so what was found needn't be asked for again.
    readonly ConcurrentDictionary<Address, Address> providers = new();

    /// <summary>Null for a node that the chain doesn't know.</summary>
    public async Task<IReadOnlyDictionary<Address, Address?>> ProvidersAsync(IReadOnlyCollection<Address> nodes, CancellationToken stop)
    {
        var unknown = nodes.Where(node => !providers.ContainsKey(node)).Distinct().ToArray();
        var found = await CallAsync(rail.Staking, unknown, StakingContract.ProviderOfData, abi => abi.Address(), null, stop);
        foreach (var (node, provider) in found)
            if (!provider.IsZero) providers.TryAdd(node, provider);
        return nodes.Distinct().ToDictionary(node => node, node => providers.TryGetValue(node, out var provider) ? provider : (Address?)null);
    }

    public Task<Dictionary<Address, ulong>> LastSequencesAsync(IReadOnlyCollection<Address> nodes, CancellationToken stop) =>
        CallAsync(rail.Settlement, nodes, SettlementContract.NodeOfData, abi => abi.UInt64(), null, stop);

    public Task<Dictionary<(Address Payer, Address Spender), GrantStanding>> GrantsAsync(IReadOnlyCollection<(Address Payer, Address Spender)> pairs, CancellationToken stop) =>
        CallAsync(rail.Escrow, pairs, pair => EscrowContract.GrantOfData(pair.Payer, pair.Spender),
            abi => new GrantStanding(abi.Amount(), abi.UInt64(), abi.UInt32(), (ContractClaimFault)abi.UInt8()), null, stop);

    public Task<Dictionary<(Address Payer, Address Node), TokenAmount>> ClaimedAsync(IReadOnlyCollection<(Address Payer, Address Node)> pairs, ulong? at, CancellationToken stop) =>
        CallAsync(rail.Escrow, pairs, pair => EscrowContract.ClaimedOfData(pair.Payer, pair.Node), abi => abi.Amount(), at, stop);

    public Task<Dictionary<Address, TokenAmount>> BalancesAsync(IReadOnlyCollection<Address> payers, CancellationToken stop) =>
        CallAsync(rail.Escrow, payers, EscrowContract.AccountOfData, abi => abi.Amount(), null, stop);

    public Task<Dictionary<Address, TokenAmount>> CeilingsAsync(IReadOnlyCollection<Address> providers, CancellationToken stop) =>
        CallAsync(rail.Settlement, providers, SettlementContract.CeilingOfData, abi => abi.Amount(), null, stop);

    async Task<Dictionary<TKey, T>> CallAsync<TKey, T>(Address contract, IReadOnlyCollection<TKey> keys, Func<TKey, byte[]> data, Func<AbiReader, T> read, ulong? at, CancellationToken stop)
        where TKey : notnull
    {
        var distinct = keys.Distinct().ToArray();
        if (distinct.Length == 0) return [];
        var block = at is { } number ? $"0x{number:x}" : "latest";
        var calls = Array.ConvertAll(distinct, key => new RpcCall("eth_call", new JsonObject { ["to"] = contract.ToString(), ["data"] = Hex.Encode(data(key)) }, block));
        var answers = await web3.Client.SendBatchAsync(calls, stop);
        return distinct.Zip(answers).ToDictionary(pair => pair.First, pair => read(new AbiReader(Hex.Decode(pair.Second.Result.GetString() ?? ""))));
    }
}
