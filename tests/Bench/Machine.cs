using System.Globalization;
using System.Runtime.InteropServices;

namespace ProofMesh.Bench;

/// <summary>Where and under which load something was measured.</summary>
static class Machine
{
    public static string Describe(double loadBefore, double loadAfter) => string.Create(CultureInfo.InvariantCulture,
        $"{DateTimeOffset.UtcNow:yyyy-MM-dd HH:mm} UTC · {Processor()} · {Environment.ProcessorCount} cores · {RuntimeInformation.FrameworkDescription} · load average {loadBefore:0.0} before, {loadAfter:0.0} after");

    /// <summary>How many processes wanted a core in the last minute, this one among them.</summary>
    public static double Load() =>
        File.Exists("/proc/loadavg") ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture) : double.NaN;

    static string Processor()
    {
        const string info = "/proc/cpuinfo";
        var line = File.Exists(info) ? File.ReadLines(info).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?[(line.IndexOf(':') + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
