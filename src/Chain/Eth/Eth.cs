using System.Text.Json;
using System.Text.Json.Nodes;
using ProofMesh.Protocol;
using static ProofMesh.Chain.JsonRead;

namespace ProofMesh.Chain;

/// <summary>The eth_ methods of a node. Each throws <see cref="ChainException"/> when the node can't answer.</summary>
public sealed class Eth(RpcClient client)
{
    public Task<ulong> GetChainIdAsync(CancellationToken stop = default) => Ask(ChainId, JsonRead.UInt64, stop);

    public Task<ulong> GetBlockNumberAsync(CancellationToken stop = default) => Ask(new("eth_blockNumber"), JsonRead.UInt64, stop);

    /// <summary>Wei.</summary>
    public Task<UInt128> GetBalanceAsync(Address account, BlockParameter at = default, CancellationToken stop = default) =>
        Ask(new("eth_getBalance", account.ToString(), at.ToJson()), JsonRead.UInt128, stop);

    /// <summary>The next nonce; at <see cref="BlockParameter.Pending"/> it counts what waits in the node's pool too.</summary>
    public Task<ulong> GetTransactionCountAsync(Address account, BlockParameter at = default, CancellationToken stop = default) =>
        Ask(TransactionCount(account, at), JsonRead.UInt64, stop);

    public Task<byte[]> GetCodeAsync(Address contract, BlockParameter at = default, CancellationToken stop = default) =>
        Ask(new("eth_getCode", contract.ToString(), at.ToJson()), JsonRead.Bytes, stop);

    public Task<Bytes32> GetStorageAtAsync(Address contract, UInt128 slot, BlockParameter at = default, CancellationToken stop = default) =>
        Ask(new("eth_getStorageAt", contract.ToString(), Quantity(slot), at.ToJson()), JsonRead.Bytes32, stop);

    public Task<UInt128> GetGasPriceAsync(CancellationToken stop = default) => Ask(new("eth_gasPrice"), JsonRead.UInt128, stop);

    public Task<UInt128> GetMaxPriorityFeePerGasAsync(CancellationToken stop = default) => Ask(MaxPriorityFee, JsonRead.UInt128, stop);

    public Task<FeeHistory> GetFeeHistoryAsync(uint blocks, BlockParameter newest = default, double[]? percentiles = null, CancellationToken stop = default) =>
        Ask(new("eth_feeHistory", Quantity(blocks), newest.ToJson(), new JsonArray([.. (percentiles ?? []).Select(percentile => (JsonNode)percentile)])), FeeHistory.Read, stop);

    /// <exception cref="RevertException">The transaction would fail.</exception>
    public Task<ulong> EstimateGasAsync(TransactionRequest request, CancellationToken stop = default) => Ask(Estimate(request), JsonRead.UInt64, stop);

    /// <exception cref="RevertException">The contract refused.</exception>
    public Task<byte[]> CallAsync(TransactionRequest request, BlockParameter at = default, CancellationToken stop = default) =>
        Ask(new("eth_call", request.ToJson(), at.ToJson()), JsonRead.Bytes, stop);

    /// <exception cref="RpcException">The node's pool refused it; sending what it has already is an error with most nodes.</exception>
    public Task<Bytes32> SendRawTransactionAsync(byte[] raw, CancellationToken stop = default) =>
        Ask(new("eth_sendRawTransaction", Hex.Encode(raw)), JsonRead.Bytes32, stop);

    /// <summary>Null while it isn't mined, or is unknown.</summary>
    public Task<TransactionReceipt?> GetTransactionReceiptAsync(Bytes32 hash, CancellationToken stop = default) =>
        Ask(Receipt(hash), OrNull(TransactionReceipt.Read), stop);

    /// <summary>Many receipts in few messages, in the order of the hashes.</summary>
    public async Task<TransactionReceipt?[]> GetTransactionReceiptsAsync(IEnumerable<Bytes32> hashes, CancellationToken stop = default) =>
        Array.ConvertAll(await client.SendBatchAsync([.. hashes.Select(Receipt)], stop), answer => OrNull(TransactionReceipt.Read)(answer.Result));

    public Task<Log[]> GetLogsAsync(LogFilter filter, CancellationToken stop = default) =>
        Ask(new("eth_getLogs", filter.ToJson()), logs => logs.List(Log.Read), stop);

    /// <summary>Null where the chain isn't that long.</summary>
    public Task<Block?> GetBlockByNumberAsync(BlockParameter at = default, CancellationToken stop = default) =>
        Ask(BlockByNumber(at), OrNull(Block.Read), stop);

    public Task<Block?> GetBlockByHashAsync(Bytes32 hash, CancellationToken stop = default) =>
        Ask(new("eth_getBlockByHash", hash.ToString(), false), OrNull(Block.Read), stop);

    /// <summary>The blocks first … first + count − 1 in few messages; null where the chain isn't that long.</summary>
    public async Task<Block?[]> GetBlocksAsync(ulong first, int count, CancellationToken stop = default) =>
        Array.ConvertAll(await client.SendBatchAsync([.. Enumerable.Range(0, count).Select(i => BlockByNumber(first + (ulong)i))], stop), answer => OrNull(Block.Read)(answer.Result));

    internal static RpcCall ChainId { get; } = new("eth_chainId");

    internal static RpcCall MaxPriorityFee { get; } = new("eth_maxPriorityFeePerGas");

    internal static RpcCall TransactionCount(Address account, BlockParameter at) => new("eth_getTransactionCount", account.ToString(), at.ToJson());

    internal static RpcCall Estimate(TransactionRequest request) => new("eth_estimateGas", request.ToJson());

    internal static RpcCall BlockByNumber(BlockParameter at) => new("eth_getBlockByNumber", at.ToJson(), false);

    static RpcCall Receipt(Bytes32 hash) => new("eth_getTransactionReceipt", hash.ToString());

    static Func<JsonElement, T?> OrNull<T>(Func<JsonElement, T> read) where T : class => json => json.ValueKind == JsonValueKind.Null ? null : read(json);

    async Task<T> Ask<T>(RpcCall call, Func<JsonElement, T> read, CancellationToken stop) => read(await client.SendAsync(call, stop));
}
