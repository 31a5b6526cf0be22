namespace ProofMesh;

/// <summary>Does a thing again and again until stopped, and survives its failures: each is reported, and the pause after it doubles to a quarter of a minute.</summary>
/// <remarks>One file that each process compiles for itself: it belongs to none of the seams that they share.</remarks>
/// <param name="turn">Answers whether there is more to do at once.</param>
/// <param name="failed">How often in a row, and why.</param>
sealed class Loop(TimeSpan pause, Func<CancellationToken, Task<bool>> turn, Action<int, Exception> failed, TimeProvider time) : BackgroundService
{
    static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500), LongestPause = TimeSpan.FromSeconds(15);
    const int MostDoublings = 10;
    int failures;

    /// <summary>A loop that logs its failures; of a fault only its kind and words, which the services keep free of secrets.</summary>
    public static Loop Of(string name, TimeSpan pause, Func<CancellationToken, Task<bool>> turn, IServiceProvider services)
    {
        var log = services.GetRequiredService<ILogger<Loop>>();
        return new Loop(pause, turn, (count, fault) => log.LogError("{Loop} failed ({Count} in a row) and tries again: {Fault}: {Message}", name, count, fault.GetType().Name, fault.Message),
            services.GetService<TimeProvider>() ?? TimeProvider.System);
    }

    /// <summary>Runs until stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
            await Task.Delay(await TurnAsync(stop), time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => RunAsync(stoppingToken);

    async Task<TimeSpan> TurnAsync(CancellationToken stop)
    {
        try
        {
            var more = await turn(stop);
            failures = 0;
            return more ? TimeSpan.Zero : pause;
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            return TimeSpan.Zero;
        }
        catch (Exception fault)
        {
            failed(++failures, fault);
            var wait = FirstPause * Math.Pow(2, Math.Min(failures, MostDoublings) - 1);
            return wait > LongestPause ? LongestPause : wait > pause ? wait : pause;
        }
    }
}
