namespace ProofMesh.Inference;

/// <summary>What one sequence does in one step: one token when it answers, many when it reads its prompt.</summary>
/// <param name="Sequence">Opened by the same runner; at most once in a batch.</param>
/// <param name="Tokens">Take positions Length, Length + 1, …</param>
/// <param name="LogitRows">How many of the last tokens' logits are wanted: 0 inside a prompt, 1 to sample, more to audit.</param>
public readonly record struct SequenceStep(Sequence Sequence, ReadOnlyMemory<int> Tokens, int LogitRows);
