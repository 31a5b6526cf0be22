using System.Text.Json;

namespace ProofMesh.Chain;

/// <summary>What gas cost in recent blocks (eth_feeHistory).</summary>
/// <param name="BaseFeePerGas">One more than the blocks: the last is the next block's.</param>
/// <param name="Reward">For each block the priority fees at the percentiles asked for.</param>
public sealed record FeeHistory(ulong OldestBlock, UInt128[] BaseFeePerGas, double[] GasUsedRatio, UInt128[][] Reward)
{
    internal static FeeHistory Read(JsonElement json) => new(
        json.At("oldestBlock").UInt64(),
        json.At("baseFeePerGas").List(JsonRead.UInt128),
        json.At("gasUsedRatio").List(ratio => ratio.ValueKind == JsonValueKind.Number ? ratio.GetDouble() : throw new TransportException("A gas ratio is no number.")),
        json.AtOrNull("reward")?.List(block => block.List(JsonRead.UInt128)) ?? []);
}
