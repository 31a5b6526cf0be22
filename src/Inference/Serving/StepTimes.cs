namespace ProofMesh.Inference;

/// <summary>Where the time of an engine's steps went since it was loaded.</summary>
/// <param name="Scheduling">Choosing what to compute.</param>
/// <param name="Computing">In the runner: the model itself.</param>
/// <param name="Finishing">Sampling, and handing tokens out.</param>
public readonly record struct StepTimes(long Steps, TimeSpan Scheduling, TimeSpan Computing, TimeSpan Finishing)
{
    /// <summary>The share of a step that is not the model.</summary>
    public double Overhead => Steps == 0 ? 0 : 1 - Computing / (Scheduling + Computing + Finishing);

    internal StepTimes Add(TimeSpan scheduling, TimeSpan computing, TimeSpan finishing) =>
        new(Steps + 1, Scheduling + scheduling, Computing + computing, Finishing + finishing);
}
