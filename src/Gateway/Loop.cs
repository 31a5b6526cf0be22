namespace ProofMesh.Gateway;

/// <summary>Does a thing again and again; a failure is logged and costs one turn.</summary>
sealed class Loop(string name, TimeSpan every, Func<CancellationToken, Task> turn, TimeProvider time, ILogger log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(every, time);
        try
        {
            do await TurnAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process ends.
        }
    }

    async Task TurnAsync(CancellationToken stop)
    {
        try
        {
            await turn(stop);
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !stop.IsCancellationRequested)
        {
            log.LogError(fault, "{Loop} failed and tries again", name);
        }
    }
}
