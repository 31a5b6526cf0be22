namespace ProofMesh.Provider;

/// <summary>How far the packing of a model's weights has come, for a person at a terminal who waits longer than a second.</summary>
sealed class PackingBar(TimeProvider time)
{
    private const int Width = 40;

    private readonly long start = time.GetTimestamp();

    /// <param name="share">0 to 1.</param>
    public void Show(double share)
    {
        if (Console.IsErrorRedirected || time.GetElapsedTime(start) < TimeSpan.FromSeconds(1)) return;
        var filled = (int)(share * Width);
        Console.Error.Write($"\rpacking the weights [{new string('#', filled)}{new string(' ', Width - filled)}] {share:P0}{(share >= 1 ? "\n" : "")}");
    }
}
