using ProofMesh.Inference;
using ProofMesh.Protocol;

namespace ProofMesh.Provider;

/// <summary>Probabilities of tokens as the wire says them: bytes in place of ids, and no infinity, which JSON lacks.</summary>
static class Likelihoods
{
    const double Impossible = -9_999;

    public static TokenLikelihood Of(Tokenizer tokenizer, TokenLogProb token) => new(
        Bytes(tokenizer, token.Id), Finite(token.LogProb), [.. token.Top.Select(other => new LikelyToken(Bytes(tokenizer, other.Id), Finite(other.LogProb)))]);

    static string Bytes(Tokenizer tokenizer, int token) => Hex.Encode(tokenizer.Piece(token));

    static double Finite(double value) => double.IsFinite(value) ? value : Impossible;
}
