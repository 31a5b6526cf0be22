using System.Diagnostics;

namespace ProofMesh.Cli;

/// <summary>A process of the local market: its output goes to a file, and it ends when we do, however we end.</summary>
sealed class LocalProcess : IAsyncDisposable
{
    // The shell holds the process; when its input ends, by our stop or by our death, so does the process.
    const string Holder = """
        exec 3<&0
        "$@" </dev/null &
        pid=$!
        echo "pid $pid"
        (cat <&3 >/dev/null; kill -TERM $pid 2>/dev/null) >/dev/null 2>&1 &
        wait $pid
        echo "ended $?"
        """;

    readonly Process shell;
    readonly TaskCompletionSource<int> pid = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource<string> ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Queue<string> tail = new();
    readonly StreamWriter log;
    bool closed;

    LocalProcess(string name, Process shell, string logFile)
    {
        (Name, this.shell, LogFile) = (name, shell, logFile);
        log = new StreamWriter(logFile, append: true) { AutoFlush = true };
    }

    public string Name { get; }

    public string LogFile { get; }

    /// <summary>What stood behind the word ready, once the process has said it.</summary>
    public Task<string> Ready => ready.Task;

    public Task Ended => ended.Task;

    public static LocalProcess Start(string name, string folder, string[] command)
    {
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        foreach (var word in (string[])["-c", Holder, name, .. command]) start.ArgumentList.Add(word);
        var holder = Process.Start(start) ?? throw new InvalidOperationException($"{name} can't be started.");
        var process = new LocalProcess(name, holder, Path.Combine(folder, $"{name}.log"));
        holder.OutputDataReceived += (_, line) => process.Read(line.Data, error: false);
        holder.ErrorDataReceived += (_, line) => process.Read(line.Data, error: true);
        holder.BeginOutputReadLine();
        holder.BeginErrorReadLine();
        return process;
    }

    /// <summary>Waits for the ready line.</summary>
    /// <exception cref="InvalidOperationException">It ended, or wasn't ready in time; the message has the end of its log.</exception>
    public async Task<string> WaitReady(TimeSpan patience, CancellationToken stop)
    {
        var first = await Task.WhenAny(Ready, Ended, Task.Delay(patience, stop));
        stop.ThrowIfCancellationRequested();
        if (first == Ready) return await Ready;
        throw new InvalidOperationException($"{Name} {(first == Ended ? "ended" : $"wasn't ready within {patience.TotalSeconds:0} s")}. The end of {LogFile}:\n{Tail()}");
    }

    /// <summary>SIGKILL, as a power cut would do it.</summary>
    public async Task KillAsync()
    {
        Process.GetProcessById(await pid.Task).Kill();
        await Ended;
    }

    /// <summary>SIGTERM, and SIGKILL when it takes too long.</summary>
    public async Task StopAsync(TimeSpan patience)
    {
        if (ended.Task.IsCompleted) return;
        shell.StandardInput.Close();
        if (await Task.WhenAny(Ended, Task.Delay(patience)) != Ended) await KillAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.FromSeconds(10));
        lock (tail) closed = true;
        shell.Dispose();
        await log.DisposeAsync();
    }

    public string Tail()
    {
        lock (tail) return string.Join('\n', tail);
    }

    void Read(string? line, bool error)
    {
        if (line is null) return;
        if (!error && line.StartsWith("pid ", StringComparison.Ordinal) && pid.TrySetResult(int.Parse(line.AsSpan(4)))) return;
        if (!error && line.StartsWith("ended ", StringComparison.Ordinal)) ended.TrySetResult();
        if (!error && line.StartsWith("ready ", StringComparison.Ordinal)) ready.TrySetResult(line[6..].Trim());
        lock (tail)
        {
            // A last line may come after the end was seen.
            if (closed) return;
            tail.Enqueue(line);
            if (tail.Count > 20) tail.Dequeue();
            log.WriteLine(line);
        }
    }
}
