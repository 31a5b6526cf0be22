using System.Text.Json;
using ProofMesh.Protocol;

namespace ProofMesh.Chain;

/// <summary>A block's head and, where the node was asked for the block itself, the hashes of its transactions.</summary>
/// <param name="Timestamp">Unix seconds.</param>
public sealed record Block(ulong Number, Bytes32 Hash, Bytes32 ParentHash, ulong Timestamp, ulong GasLimit, ulong GasUsed, UInt128 BaseFeePerGas, Bytes32[] TransactionHashes)
{
    internal static Block Read(JsonElement json) => new(
        json.At("number").UInt64(),
        json.At("hash").Bytes32(),
        json.At("parentHash").Bytes32(),
        json.At("timestamp").UInt64(),
        json.At("gasLimit").UInt64(),
        json.At("gasUsed").UInt64(),
        json.AtOrNull("baseFeePerGas")?.UInt128() ?? 0,
        json.AtOrNull("transactions")?.List(JsonRead.Bytes32) ?? []);
}
