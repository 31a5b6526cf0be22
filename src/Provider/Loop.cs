namespace ProofMesh.Provider;

/// <summary>Does a thing again and again until stopped, and survives its failures: they are logged and wait a little longer each time.</summary>
static class Loop
{
    static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    public static async Task Run(string name, TimeSpan pause, Func<CancellationToken, Task> act, TimeProvider time, CancellationToken stop)
    {
        var failures = 0;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await act(stop);
                failures = 0;
            }
            catch (Exception) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                failures++;
                Log.Line("loop_failed", ("loop", name), ("failures", failures), ("error", fault.GetType().Name), ("message", fault.Message));
            }
            var wait = failures == 0 ? pause : TimeSpan.FromMilliseconds(Math.Min(LongestPause.TotalMilliseconds, 250 * Math.Pow(2, Math.Min(failures, 10))));
            try { await Task.Delay(wait, time, stop); }
            catch (OperationCanceledException) { return; }
        }
    }
}
