namespace ProofMesh.Bench;

/// <summary><c>NAME [--check] [--results FILE]</c>: runs one benchmark, prints its measurements, and keeps them in a file.</summary>
static class BenchCommand
{
    /// <returns>0; 1 when a goal is missed and was to be checked; 2 when the name is unknown.</returns>
    public static async Task<int> RunAsync(string[] args, Dictionary<string, Func<Task<Report>>> benchmarks)
    {
        if (args is [])
        {
            foreach (var known in benchmarks.Keys) Console.WriteLine(known);
            return 0;
        }
        if (!benchmarks.TryGetValue(args[0], out var run))
        {
            await Console.Error.WriteLineAsync($"There is no benchmark {args[0]}; there are {string.Join(", ", benchmarks.Keys)}.");
            return 2;
        }
        var before = Machine.Load();
        var report = await run();
        var circumstances = Machine.Describe(before, Machine.Load());
        if (Array.IndexOf(args, "--results") is > 0 and var at) ResultsFile.Keep(args[at + 1], args[0], report, circumstances, [.. benchmarks.Keys]);
        Console.WriteLine(circumstances);
        foreach (var measurement in report.Measurements) Console.WriteLine(measurement);
        return args.Contains("--check") && Missed(report) ? 1 : 0;
    }

    static bool Missed(Report report)
    {
        var missed = report.Measurements.Where(measurement => !measurement.Met).ToArray();
        foreach (var measurement in missed) Console.Error.WriteLine($"missed: {measurement}");
        return missed.Length > 0;
    }
}
