using System.Text.Json;
using ProofMesh.Protocol;

namespace ProofMesh.Chain;

/// <summary>What a contract said in a transaction.</summary>
/// <param name="Topics">Topic 0 is the hash of the event's signature; indexed fields follow.</param>
/// <param name="Removed">True in a subscription when a reorganisation took the block away.</param>
public sealed record Log(Address Address, Bytes32[] Topics, byte[] Data, ulong BlockNumber, Bytes32 BlockHash, Bytes32 TransactionHash, uint TransactionIndex, uint LogIndex, bool Removed)
{
    internal static Log Read(JsonElement json) => new(
        json.At("address").Address(),
        json.At("topics").List(JsonRead.Bytes32),
        json.At("data").Bytes(),
        json.At("blockNumber").UInt64(),
        json.At("blockHash").Bytes32(),
        json.At("transactionHash").Bytes32(),
        (uint)json.At("transactionIndex").Number(uint.MaxValue),
        (uint)json.At("logIndex").Number(uint.MaxValue),
        json.AtOrNull("removed") is { ValueKind: JsonValueKind.True });
}
