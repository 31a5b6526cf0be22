using System.Text.Json;
using ProofMesh.Protocol;

namespace ProofMesh.Chain;

/// <summary>A block's header as it is hashed, for a contract that is shown one.</summary>
public static class BlockHeader
{
    // In the order of the header; what a chain's forks haven't brought yet is left out, from the end.
    static readonly (string Name, bool IsNumber)[] Fields =
    [
        ("parentHash", false), ("sha3Uncles", false), ("miner", false), ("stateRoot", false), ("transactionsRoot", false), ("receiptsRoot", false), ("logsBloom", false),
        ("difficulty", true), ("number", true), ("gasLimit", true), ("gasUsed", true), ("timestamp", true), ("extraData", false), ("mixHash", false), ("nonce", false),
        ("baseFeePerGas", true), ("withdrawalsRoot", false), ("blobGasUsed", true), ("excessBlobGas", true), ("parentBeaconBlockRoot", false), ("requestsHash", false),
    ];

    /// <summary>The RLP of a block's header; null where the chain isn't that long.</summary>
    /// <exception cref="TransportException">The node's block has another hash than its fields.</exception>
    public static async Task<byte[]?> ReadAsync(Web3 web3, ulong number, CancellationToken stop = default)
    {
        var block = await web3.Client.SendAsync(new("eth_getBlockByNumber", $"0x{number:x}", false), stop);
        if (block.ValueKind == JsonValueKind.Null) return null;
        var header = Rlp.Encode(new RlpItem([.. Fields.Where(field => block.TryGetProperty(field.Name, out var value) && value.ValueKind == JsonValueKind.String).Select(field => Item(block, field))]));
        if (Keccak256.Hash(header).ToString() != block.GetProperty("hash").GetString())
            throw new TransportException($"The header of block {number} isn't what its hash says: this chain's headers have other fields.");
        return header;
    }
    static RlpItem Item(JsonElement block, (string Name, bool IsNumber) field)
    {
        var value = block.GetProperty(field.Name);
        return field.IsNumber ? (RlpItem)value.UInt128() : new RlpItem(value.Bytes());
    }
}
