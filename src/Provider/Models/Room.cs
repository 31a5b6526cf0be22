namespace ProofMesh.Provider;

/// <summary>A model in memory, at one moment.</summary>
/// <param name="Bytes">Weights and all of its cache.</param>
/// <param name="Users">Requests that run on it or wait for its loading.</param>
/// <param name="LastUse">Higher is later.</param>
readonly record struct Resident(int Model, long Bytes, int Users, long LastUse);

/// <summary>Decides which models leave the memory for another. No I/O.</summary>
static class Room
{
    /// <summary>The models to unload so that so many bytes fit; null while too much is in use.</summary>
    /// <remarks>The longest unused go first. Of those, one that turns out not to be needed stays, the last used before the others.</remarks>
    public static IReadOnlyList<int>? For(long bytes, IReadOnlyCollection<Resident> residents, long budget)
    {
        var free = budget - bytes - residents.Sum(resident => resident.Bytes);
        var leaving = new List<Resident>();
        foreach (var idle in residents.Where(resident => resident.Users == 0).OrderBy(resident => resident.LastUse))
        {
            if (free >= 0) break;
            leaving.Add(idle);
            free += idle.Bytes;
        }
        if (free < 0) return null;
        foreach (var stays in leaving.OrderByDescending(resident => resident.LastUse).ToList())
        {
            if (free < stays.Bytes) continue;
            leaving.Remove(stays);
            free -= stays.Bytes;
        }
        return [.. leaving.Select(resident => resident.Model)];
    }
}
