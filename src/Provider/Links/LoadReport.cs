using ProofMesh.Inference;
using ProofMesh.Protocol;

namespace ProofMesh.Provider;

/// <summary>How busy the node is: its queue, its engine and its machine.</summary>
sealed class LoadReport(RequestQueue queue, Engine engine, NodeHealth health, Speed speed, Offers offers, TimeProvider time)
{
    readonly Lock gate = new();
    TimeSpan processor = Environment.CpuUsage.TotalTime;
    long measured = time.GetTimestamp();
    double share;
    Bytes32 told;

    public LoadFrame Now()
    {
        var memory = GC.GetGCMemoryInfo();
        var used = memory.HighMemoryLoadThresholdBytes == 0 ? 0 : (double)memory.MemoryLoadBytes / memory.TotalAvailableMemoryBytes;
        return new LoadFrame(queue.Waiting, queue.Running, engine.CurrentLoad.FreeCacheTokens, Processor(), Math.Clamp(used, 0, 1), health.Illness is null, speed.TokensPerSecond, Renewed());
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

    // A new quote is told once; the others are known.
    Offer[]? Renewed()
    {
        var offer = offers.Current();
        lock (gate)
        {
            if (told == offer.Quote.Quote.NodeNonce) return null;
            told = offer.Quote.Quote.NodeNonce;
            return [offer];
        }
    }
}
