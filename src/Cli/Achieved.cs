using System.Net;
using ProofMesh.Chain;
using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;

namespace ProofMesh.Cli;

/// <summary>What a provider has achieved, counted again from the chain and from the receipts that a settler publishes.</summary>
static class Achieved
{
    const int MostBytes = 16 << 20;
    const Achievements All = Achievements.SpeedDemon | Achievements.Centurion | Achievements.Perfectionist | Achievements.Marathoner;

    /// <summary>Null, and why, where receipts are missing.</summary>
    public static async Task<(Achievements? Earned, string? Missing)> Of(Web3 web3, Rail rail, Address provider, string settlement, CancellationToken stop)
    {
        var settled = (await Logs.About(web3, rail.Settlement, provider, [StatementSettledEvent.Topic], stop)).Select(SettlementContract.DecodeEvent).OfType<StatementSettledEvent>().ToArray();
        if (settled.Length == 0) return (Achievements.None, null);
        if (settlement.Length == 0) return (null, "the profile names no settler that publishes receipts");
        using var http = new HttpClient { MaxResponseContentBufferSize = MostBytes, Timeout = TimeSpan.FromSeconds(30) };
        var progress = AchievementProgress.None;
        try
        {
            foreach (var statement in settled)
            {
                if (await Batch(http, Profile.Url(settlement, "Settlement").OriginalString.TrimEnd('/'), statement.Root, stop) is not { } batch) return (null, $"{settlement} doesn't publish the receipts below {statement.Root}");
                progress = batch.Receipts.Aggregate(progress, (sum, signed) => sum.After(signed.Receipt));
                if (progress.Earned == All) break;
            }
            return (progress.Earned, null);
        }
        catch (HttpRequestException fault)
        {
            return (null, $"{settlement} can't be asked: {fault.Message}");
        }
    }

    // The root that the chain has is what the receipts must add up to: a settler can leave them out, not change them.
    static async Task<ReceiptBatch?> Batch(HttpClient http, string settlement, Bytes32 root, CancellationToken stop)
    {
        using var reply = await http.GetAsync(new Uri($"{settlement}/v1/batches/{root}"), stop);
        if (reply.StatusCode != HttpStatusCode.OK) return null;
        try
        {
            var batch = ReceiptBatch.Decode(await reply.Content.ReadAsByteArrayAsync(stop));
            return batch.Receipts.Length > 0 && new SumTree(batch.Receipts.Select(signed => signed.Receipt)).Root == root ? batch : null;
        }
        catch (Exception fault) when (fault is FormatException or OverflowException)
        {
            return null;
        }
    }
}
