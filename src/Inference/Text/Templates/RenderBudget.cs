using System.Runtime.CompilerServices;

namespace ProofMesh.Inference;

/// <summary>What one walk through nested values may visit: a value that holds itself twice at each level is small and yet without end.</summary>
internal sealed class RenderBudget
{
    private const int MaxVisits = 16 << 20;
    private long _visits;

    /// <param name="weight">Characters, or one for any other value.</param>
    public void Visit(int weight = 1)
    {
        _visits += weight;
        if (_visits > MaxVisits)
            throw new TemplateFault($"a value of more than {MaxVisits} parts");
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new TemplateFault("the template nests too deeply");
    }
}
