using System.Collections.Concurrent;
using System.Diagnostics;
namespace ProofMesh.Gateway;

static class Prof
{
    static readonly ConcurrentDictionary<string, ConcurrentBag<double>> all = new();
    static readonly AsyncLocal<long[]?> start = new();
    public static void Start() => start.Value = [Stopwatch.GetTimestamp()];
    public static long[]? Cur => start.Value;
    public static void Mark(string n, long[]? c = null)
    {
        var s = c ?? start.Value; if (s is null) return;
        all.GetOrAdd(n, _ => []).Add(Stopwatch.GetElapsedTime(s[0]).TotalMilliseconds);
    }
    public static void Dump()
    {
        foreach (var (n, b) in all.OrderBy(p => p.Key)) { var a = b.ToArray(); Array.Sort(a); Console.WriteLine($"PROF {n,-24} n={a.Length} p10={a[a.Length / 10]:F3} p50={a[a.Length / 2]:F3} p90={a[a.Length * 9 / 10]:F3}"); }
        all.Clear();
    }
}
