using System.Text.Json;
using ProofMesh.Protocol;

namespace ProofMesh.Chain;

/// <summary>What became of a mined transaction.</summary>
/// <param name="ContractAddress">The contract that it created, if it did.</param>
public sealed record TransactionReceipt(Bytes32 TransactionHash, Bytes32 BlockHash, ulong BlockNumber, uint TransactionIndex, Address From, Address? To, Address? ContractAddress, bool Succeeded, ulong GasUsed, UInt128 EffectiveGasPrice, Log[] Logs)
{
    internal static TransactionReceipt Read(JsonElement json) => new(
        json.At("transactionHash").Bytes32(),
        json.At("blockHash").Bytes32(),
        json.At("blockNumber").UInt64(),
        (uint)json.At("transactionIndex").Number(uint.MaxValue),
        json.At("from").Address(),
        json.AtOrNull("to")?.Address(),
        json.AtOrNull("contractAddress")?.Address(),
        json.At("status").UInt64() == 1,
        json.At("gasUsed").UInt64(),
        json.AtOrNull("effectiveGasPrice")?.UInt128() ?? 0,
        json.At("logs").List(Log.Read));
}
