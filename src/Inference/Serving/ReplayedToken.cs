namespace ProofMesh.Inference;

/// <summary>What an auditor learns about one token of somebody else's answer.</summary>
/// <param name="Position">Counts from 0 at the first token of the prompt.</param>
/// <param name="Winner">The token that this engine chooses there, given the same tokens before and the same noise.</param>
/// <param name="Margin">
/// By how much the winner's score exceeds the emitted token's, in units of logit / temperature (plain logits at
/// temperature 0): 0 when they are the same, infinite when the filters exclude the emitted token.
/// </param>
public readonly record struct ReplayedToken(int Position, int Emitted, int Winner, double Margin)
{
    public bool Agrees => Emitted == Winner;
}
