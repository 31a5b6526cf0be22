namespace ProofMesh;

/// <summary>How far something has come, on standard error, for a person at a terminal who waits longer than a second.</summary>
/// <remarks>One file that each process compiles for itself.</remarks>
sealed class ProgressBar(string what, TimeProvider time)
{
    const int Width = 40;

    readonly long start = time.GetTimestamp();
    int shown = -1;

    /// <param name="share">0 to 1.</param>
    public void Show(double share)
    {
        if (Console.IsErrorRedirected || time.GetElapsedTime(start) < TimeSpan.FromSeconds(1)) return;
        var percent = (int)(Math.Clamp(share, 0, 1) * 100);
        if (percent == shown) return;
        shown = percent;
        var filled = percent * Width / 100;
        Console.Error.Write($"\r{what} [{new string('#', filled)}{new string(' ', Width - filled)}] {percent} %{(percent == 100 ? "\n" : "")}");
    }
}
