namespace ProofMesh.Gateway;

/// <summary>So many calls a minute for each name: a bucket that fills again steadily. Per replica; n replicas let n times as many through.</summary>
/// <remarks>At most <see cref="MostNames"/> names are remembered. When more come at once, those whose bucket is full again are forgotten, and if none is, strangers share one bucket.</remarks>
sealed class RateLimit(int perMinute, TimeProvider time)
{
    const int MostNames = 50_000;
    const string Strangers = "";

    readonly Lock gate = new();
    readonly Dictionary<string, (double Left, long At)> buckets = new(StringComparer.Ordinal);

    /// <summary>Null when the call may go on, else how long to wait for the next one.</summary>
    public TimeSpan? Wait(string name)
    {
        lock (gate)
        {
            if (buckets.Count >= MostNames && !buckets.ContainsKey(name)) name = Room() ? name : Strangers;
            var left = buckets.TryGetValue(name, out var bucket) ? Left(bucket) : perMinute;
            var taken = left >= 1;
            buckets[name] = (taken ? left - 1 : left, time.GetTimestamp());
            return taken ? null : TimeSpan.FromMinutes((1 - left) / perMinute);
        }
    }

    double Left((double Left, long At) bucket) => Math.Min(perMinute, bucket.Left + time.GetElapsedTime(bucket.At).TotalMinutes * perMinute);

    long lastSwept;

    // A sweep looks at all names, so it isn't done for each of them.
    bool Room()
    {
        if (lastSwept != 0 && time.GetElapsedTime(lastSwept) < TimeSpan.FromSeconds(1)) return false;
        lastSwept = time.GetTimestamp();
        foreach (var (name, bucket) in buckets)
            if (Left(bucket) >= perMinute) buckets.Remove(name);
        return buckets.Count < MostNames;
    }
}
