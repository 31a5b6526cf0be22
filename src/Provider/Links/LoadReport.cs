using ProofMesh.Protocol;

namespace ProofMesh.Provider;

/// <summary>How busy the node is: its queue, its models and its machine.</summary>
sealed class LoadReport(RequestQueue queue, NodeModels models, NodeHealth health, Speed speed, TimeProvider time)
{
    readonly Lock gate = new();
    TimeSpan processor = Environment.CpuUsage.TotalTime;
    long measured = time.GetTimestamp();
    double share;
    HashSet<Bytes32> told = [];

    public LoadFrame Now()
    {
        var memory = GC.GetGCMemoryInfo();
        var used = memory.HighMemoryLoadThresholdBytes == 0 ? 0 : (double)memory.MemoryLoadBytes / memory.TotalAvailableMemoryBytes;
        return new LoadFrame(queue.Waiting, queue.Running, models.Loaded.FreeCacheTokens, Processor(), Math.Clamp(used, 0, 1), health.Illness is null, speed.TokensPerSecond, Renewed());
    }

    // The share of all cores that this process used since it was last asked, a quarter of a second at the least.
    double Processor()
    {
        lock (gate)
        {
            var elapsed = time.GetElapsedTime(measured);
            if (elapsed < TimeSpan.FromMilliseconds(250)) return share;
            var now = Environment.CpuUsage.TotalTime;
            share = Math.Clamp((now - processor) / elapsed / Environment.ProcessorCount, 0, 1);
            (processor, measured) = (now, time.GetTimestamp());
            return share;
        }
    }

    // New quotes are told once, with the others beside them: what is told is all that is offered.
    Offer[]? Renewed()
    {
        var offers = models.Catalogue.Offers();
        var nonces = offers.Select(offer => offer.Quote.Quote.NodeNonce).ToHashSet();
        lock (gate)
        {
            if (told.SetEquals(nonces)) return null;
            told = nonces;
            return offers;
        }
    }
}
