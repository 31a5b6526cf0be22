using System.Text;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>A chat request that was read and found good.</summary>
/// <param name="MaxTokens">Null when the customer named no limit.</param>
/// <param name="ResponseFormat">As docs/encodings.md has it, null for free text.</param>
/// <param name="Tools">Null: the answer calls nothing.</param>
/// <param name="TopLogprobs">Null: no probabilities.</param>
/// <param name="IdempotencyKey">Becomes the client nonce, so that a request that is sent twice is served once.</param>
sealed record ChatOrder(
    string Model, ChatTurn[] Messages, uint? MaxTokens, string[] Stop, Sampling Sampling, bool Stream, bool IncludeUsage, string? IdempotencyKey,
    string? ResponseFormat = null, int? TopLogprobs = null, ChatTools? Tools = null)
{
    /// <summary>The most tokens that the prompt can have: each stands for a byte at least.</summary>
    public uint PromptTokensAtMost() => ChatTurn.TokensAtMost(Messages, Tools);

    /// <summary>The same key of the same payer is the same request; without a key each is its own.</summary>
    public Bytes32 ClientNonce() =>
        IdempotencyKey is { } key ? Keccak256.Hash(Encoding.UTF8.GetBytes("idempotency-key:" + key)) : Bytes32.Random();
}
