using System.Runtime.InteropServices;

namespace ProofMesh.Inference;

/// <summary>Which tokens a text has, and how often its answer has them: what penalties count.</summary>
public sealed class TokenHistory
{
    private readonly Dictionary<int, int> _answerCounts = [];

    public TokenHistory(IEnumerable<int> prompt)
    {
        foreach (var token in prompt)
            _answerCounts.TryAdd(token, 0);
    }

    /// <summary>Token id and how often the answer has it: 0 for tokens of the prompt alone.</summary>
    internal Dictionary<int, int> AnswerCounts => _answerCounts;

    public void Add(int answerToken) => CollectionsMarshal.GetValueRefOrAddDefault(_answerCounts, answerToken, out _)++;
}
