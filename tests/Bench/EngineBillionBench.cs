using System.Diagnostics;
using System.Runtime.Intrinsics;
using ProofMesh.Inference;
using ProofMesh.Testing;

namespace ProofMesh.Bench;

/// <summary>A model of a billion weights beside llama.cpp, and how near it comes to what the memory can deliver.</summary>
internal static class EngineBillionBench
{
    private const int Rounds = 2;

    public static Task<Report> Run()
    {
        var threads = Math.Min(2, Environment.ProcessorCount);
        var llama = LlamaCpp.Find();
        using var model = new BenchModel("billion", GgufShape.Billion, RandomGguf.Q8, WeightFormat.Int8, threads, 576);
        var bandwidth = Bandwidth(threads);
        var (decode, decodePeer) = EngineBench.Interleave(llama, () => model.Decode(1, 16), build => llama!.Decode(build, model.File, threads, 16), Rounds);
        var (prefill, prefillPeer) = EngineBench.Interleave(llama, () => model.Prefill(512), build => llama!.Prefill(build, model.File, threads, 512), Rounds);
        bandwidth = Math.Max(bandwidth, Bandwidth(threads));
        // A byte per weight and a half per 32 of them.
        var share = decode * GgufShape.Billion.Weights * 34 / 32 / bandwidth;
        return Task.FromResult(new Report(
            $"Random weights at the shape of Llama 3.2 1B in Q8_0, the same GGUF file in both engines, {threads} threads: 16 tokens of one answer, a prompt of 512; medians of {Rounds} interleaved rounds. Bandwidth is the best of reading 1 GiB eight times with as many threads. The last row is one answer.",
            EngineBench.PeerName(llama),
            [
                new("prompt of 512", "tokens per second", prefill, prefillPeer, null, RatioGoal: 2.5),
                new("memory read", "GB per second", bandwidth / 1e9, null, null),
                new("share of it that an answer reads weights at", "of 1", share, decodePeer * GgufShape.Billion.Weights * 34 / 32 / bandwidth, 0.85),
                new("engine-1b", "tokens per second", decode, decodePeer, null, RatioGoal: 1.25),
            ]));
    }

    /// <summary>Bytes per second that as many threads read from memory.</summary>
    public static unsafe double Bandwidth(int threads)
    {
        using var memory = new AlignedMemory<byte>(1L << 30);
        new Span<byte>(memory.Pointer, 1 << 30).Fill(1);
        var best = 0.0;
        for (var round = 0; round < 8; round++)
        {
            var clock = Stopwatch.StartNew();
            Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, rank => Read(memory.Pointer + memory.Bytes / threads * rank, memory.Bytes / threads));
            best = Math.Max(best, memory.Bytes / clock.Elapsed.TotalSeconds);
        }
        return best;
    }

    private static unsafe void Read(byte* from, long bytes)
    {
        Vector512<int> a = default, b = default, c = default, d = default;
        for (var at = (int*)from; at < from + bytes; at += 64)
            (a, b, c, d) = (a ^ Vector512.Load(at), b ^ Vector512.Load(at + 16), c ^ Vector512.Load(at + 32), d ^ Vector512.Load(at + 48));
        if (Vector512.Sum(a ^ b ^ c ^ d) == 12345)
            Console.Error.WriteLine("read");
    }
}
