using System.Runtime.InteropServices;

namespace ProofMesh.Inference;

/// <summary>A small model with the same tokens, which guesses what the large one will say.</summary>
/// <remarks>It draws with the noise of each position as the large one does, so that they agree wherever their logits nearly do.</remarks>
internal sealed class DraftModel(ModelRunner runner) : IDisposable
{
    private readonly List<Generation> _jobs = [];
    private readonly List<SequenceStep> _steps = [];
    private float[] _logits = [];

    /// <summary>Fills in the guesses of all that look for some and found none in their own text.</summary>
    public void Guess(List<Job> running, Sampler sampler)
    {
        _jobs.Clear();
        foreach (var job in running)
        {
            if (job is Generation { WantsDraft: > 0 } generation && generation.OpenDraft(runner))
                _jobs.Add(generation);
        }
        while (_jobs.Count > 0)
        {
            _steps.Clear();
            for (var i = _jobs.Count - 1; i >= 0; i--)
            {
                if (_jobs[i].WantsDraft > 0)
                    _steps.Insert(0, _jobs[i].NextDraft());
                else
                    _jobs.RemoveAt(i);
            }
            if (_jobs.Count > 0)
                Compute(sampler);
        }
    }

    public void Dispose() => runner.Dispose();

    private void Compute(Sampler sampler)
    {
        var size = runner.Config.Vocabulary;
        if (_logits.Length < _steps.Count * size)
            _logits = new float[_steps.Count * size];
        runner.Forward(CollectionsMarshal.AsSpan(_steps), _logits);
        for (var i = 0; i < _jobs.Count; i++)
            _jobs[i].AcceptDraft(sampler, _logits.AsSpan(i * size, size));
    }
}
