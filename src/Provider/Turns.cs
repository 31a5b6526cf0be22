namespace ProofMesh.Provider;

/// <summary>The node's loops: what fails is a line of its log.</summary>
static class Turns
{
    public static Task Run(string name, TimeSpan pause, Func<CancellationToken, Task> act, TimeProvider time, CancellationToken stop)
    {
        async Task<bool> Once(CancellationToken token)
        {
            await act(token);
            return false;
        }
        void Failed(int count, Exception fault) => Log.Line("loop_failed", ("loop", name), ("failures", count), ("error", fault.GetType().Name), ("message", fault.Message));
        return new Loop(pause, Once, Failed, time).RunAsync(stop);
    }
}
