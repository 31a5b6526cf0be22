namespace ProofMesh.Settlement;

/// <summary>Does a thing again and again; a failure is logged and costs a pause.</summary>
/// <param name="turn">Answers whether there is more to do at once.</param>
sealed class Loop(string name, TimeSpan pause, Func<CancellationToken, Task<bool>> turn, ILogger<Loop> log) : BackgroundService
{
    static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = await TurnAsync(stoppingToken);
            await Task.Delay(wait, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    async Task<TimeSpan> TurnAsync(CancellationToken stop)
    {
        try
        {
            return await turn(stop) ? TimeSpan.Zero : pause;
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            return TimeSpan.Zero;
        }
        catch (Exception fault)
        {
            log.LogError("{Loop} failed and tries again: {Fault}: {Message}", name, fault.GetType().Name, fault.Message);
            return pause > AfterFailure ? pause : AfterFailure;
        }
    }
}
