using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;

namespace ProofMesh.Inference;

/// <summary>One rendering: what has been written, where it stands, and what it may still spend. A template is a stranger's program.</summary>
internal sealed class RenderState
{
    private const int MaxSteps = 5_000_000;
    private const int MaxOutput = 16 << 20;
    private const int ItemWeight = 8;
    private const long MaxCreated = 128L << 20;

    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(10);

    private readonly long _start = Stopwatch.GetTimestamp();
    private long _steps;
    private long _created;

    public StringBuilder Output { get; private set; } = new();

    public int Line { get; private set; } = 1;

    public required Func<DateTimeOffset> Now { get; init; }

    public void Step(int line)
    {
        Line = line;
        if (++_steps > MaxSteps)
            throw new TemplateFault($"the template takes more than {MaxSteps} steps");
        if (_steps % 64 == 0 && Stopwatch.GetElapsedTime(_start) > MaxTime)
            throw new TemplateFault($"the template takes longer than {MaxTime.TotalSeconds} seconds");
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new TemplateFault("the template nests too deeply");
    }

    public void Write(string text)
    {
        if (Output.Length + text.Length > MaxOutput)
            throw new TemplateFault($"the template writes more than {MaxOutput} characters");
        Output.Append(text);
    }

    /// <summary>Counts items before they are made; an item weighs as much as several characters.</summary>
    public void CreateItems(long count) => Create(ItemWeight * Math.Min(count, MaxCreated));

    /// <summary>Counts characters before they are made.</summary>
    public void Create(long count)
    {
        _created += count;
        if (count < 0 || _created > MaxCreated)
            throw new TemplateFault("the template makes more text than it may");
    }

    /// <summary>What the action writes, kept out of the output.</summary>
    public string Capture(Action action)
    {
        var outer = Output;
        Output = new StringBuilder();
        try
        {
            action();
            return Output.ToString();
        }
        finally
        {
            Output = outer;
        }
    }
}
