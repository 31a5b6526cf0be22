using System.Text.Json;

namespace ProofMesh.Inference;

/// <summary>The ranked merges of a model and the algorithm that applies them.</summary>
internal sealed class MergeTable
{
    private readonly Dictionary<ulong, (int Rank, int Id)> _merges = [];

    public MergeTable(JsonElement model, Vocabulary vocabulary, string prefix)
    {
        var rank = 0;
        foreach (var entry in model.List("merges"))
        {
            if (entry.ValueKind == JsonValueKind.String && entry.GetString()!.StartsWith("#version", StringComparison.Ordinal))
                continue;
            var (left, right) = Pair(entry);
            var merged = left + (right.StartsWith(prefix, StringComparison.Ordinal) ? right[prefix.Length..] : right);
            _merges[Key(Id(vocabulary, left), Id(vocabulary, right))] = (rank++, Id(vocabulary, merged));
        }
    }

    /// <summary>Joins neighbours in place, the lowest rank first and the leftmost of equals, in O(n log n).</summary>
    public IEnumerable<int> Merge(List<int> symbols)
    {
        if (symbols.Count < 2)
            return symbols;
        var ids = symbols.ToArray();
        var (next, previous) = Links(ids.Length);
        var queue = new PriorityQueue<(int At, int Id), ulong>();
        for (var i = 0; i + 1 < ids.Length; i++)
            Offer(queue, ids, i, i + 1);
        while (queue.TryDequeue(out var best, out _))
        {
            var (left, right) = (best.At, next[best.At]);
            if (ids[left] < 0 || right >= ids.Length || !_merges.TryGetValue(Key(ids[left], ids[right]), out var merge) || merge.Id != best.Id)
                continue; // one of the two has been joined since
            ids[left] = merge.Id;
            ids[right] = -1;
            next[left] = next[right];
            if (next[left] < ids.Length)
            {
                previous[next[left]] = left;
                Offer(queue, ids, left, next[left]);
            }
            if (previous[left] >= 0)
                Offer(queue, ids, previous[left], left);
        }
        return ids.Where(id => id >= 0);
    }

    private void Offer(PriorityQueue<(int, int), ulong> queue, int[] ids, int left, int right)
    {
        if (_merges.TryGetValue(Key(ids[left], ids[right]), out var merge))
            queue.Enqueue((left, merge.Id), (ulong)merge.Rank << 32 | (uint)left);
    }

    private static (int[] Next, int[] Previous) Links(int count)
    {
        var (next, previous) = (new int[count], new int[count]);
        for (var i = 0; i < count; i++)
            (next[i], previous[i]) = (i + 1, i - 1);
        return (next, previous);
    }

    private static (string Left, string Right) Pair(JsonElement entry)
    {
        if (entry.ValueKind == JsonValueKind.Array && entry.GetArrayLength() == 2)
            return (entry[0].GetString()!, entry[1].GetString()!);
        var parts = entry.ValueKind == JsonValueKind.String ? entry.GetString()!.Split(' ') : [];
        return parts.Length == 2 ? (parts[0], parts[1]) : throw new TokenizerException($"The merge {entry} isn't a pair.");
    }

    private static int Id(Vocabulary vocabulary, string token) =>
        vocabulary.IdOf(token) ?? throw new TokenizerException($"A merge speaks of '{token}', which isn't in the vocabulary.");

    private static ulong Key(int left, int right) => (ulong)(uint)left << 32 | (uint)right;
}
