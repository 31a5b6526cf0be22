using System.Text.Json.Serialization;

namespace ProofMesh.Protocol;

/// <summary>One message between a node and a gateway or customer. JSON with the kind in <c>t</c>; unknown kinds are refused.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "t")]
[JsonDerivedType(typeof(ChallengeFrame), "challenge")]
[JsonDerivedType(typeof(HelloFrame), "hello")]
[JsonDerivedType(typeof(WelcomeFrame), "welcome")]
[JsonDerivedType(typeof(LoadFrame), "load")]
[JsonDerivedType(typeof(GenerateFrame), "generate")]
[JsonDerivedType(typeof(ChunkFrame), "chunk")]
[JsonDerivedType(typeof(NeedVoucherFrame), "need_voucher")]
[JsonDerivedType(typeof(VoucherFrame), "voucher")]
[JsonDerivedType(typeof(VouchersFrame), "vouchers")]
[JsonDerivedType(typeof(CancelFrame), "cancel")]
[JsonDerivedType(typeof(ReceiptFrame), "receipt")]
[JsonDerivedType(typeof(FaultFrame), "fault")]
public abstract record Frame;

/// <summary>First frame of a connection, from the side that was dialled: prove who you are, for this rail.</summary>
public sealed record ChallengeFrame(int Version, Bytes32 Challenge, ulong ChainId, Address Settlement) : Frame;

/// <summary>The node's answer: its key, what it serves, at what price.</summary>
/// <param name="Signature">Over <see cref="Hello"/> with the challenge.</param>
/// <param name="Endpoint">Where customers reach the node without a gateway, null behind NAT.</param>
/// <param name="Capacity">Requests that it runs at once.</param>
public sealed record HelloFrame(int Version, Address Node, Address Provider, Signature Signature, string? Endpoint, int Capacity, Offer[] Offers) : Frame;

/// <summary>A model that a node serves.</summary>
/// <param name="MaxTokens">Most tokens that one answer may have.</param>
public sealed record Offer(ModelManifest Manifest, SignedQuote Quote, uint MaxTokens);

/// <summary>The hello was accepted; a fault frame says why when it wasn't.</summary>
public sealed record WelcomeFrame(int Version) : Frame;

/// <summary>How busy a node is: each second, or on change.</summary>
/// <param name="FreeCache">Tokens for which the KV cache has room.</param>
/// <param name="Cpu">0 to 1.</param>
/// <param name="Memory">0 to 1.</param>
/// <param name="TokensPerSecond">Recent decoding speed of one stream.</param>
public sealed record LoadFrame(int Queued, int Running, long FreeCache, double Cpu, double Memory, bool Healthy, double TokensPerSecond, Offer[]? Offers = null) : Frame;

/// <summary>A request, with the authority to pay for it. Sending it again with the same id changes nothing.</summary>
/// <param name="Id"><see cref="Commitments.RequestId"/> of payer and client nonce.</param>
/// <param name="Salt">The payer's; salts the receipt's commitments.</param>
/// <param name="Model">Digest of the manifest that must run.</param>
/// <param name="Quote">The node's own quote that the sender accepts.</param>
/// <param name="Grant">Null when the payer's own wallet signs the vouchers.</param>
/// <param name="Last">Newest voucher of this payer for this node that the sender knows.</param>
/// <param name="Reserve">What the node asked for in a fault; it registers it on chain before it serves.</param>
/// <param name="Priority">0 to 6, the payer's tier; the node serves higher ones first.</param>
/// <param name="DeadlineMs">The node gives up when the answer isn't complete after so many milliseconds.</param>
/// <param name="TopLogprobs">How many of the likeliest tokens are told beside each, 0 to 20; null: no probabilities.</param>
public sealed record GenerateFrame(
    Bytes32 Id, Bytes32 ClientNonce, Bytes32 Salt, Address Payer, Bytes32 Model, ChatRequest Chat, Sampling Sampling,
    SignedQuote Quote, SignedGrant? Grant, SignedVoucher? Last, int Priority, int DeadlineMs, int? TopLogprobs = null, SignedReserve? Reserve = null) : Frame;

/// <summary>Part of the answer.</summary>
/// <param name="First">Index of the first of these tokens in the answer; the next chunk starts where this one ends.</param>
/// <param name="PromptTokens">Tokens of the prompt after the chat template.</param>
/// <param name="Logprobs">One for each token, where they were asked for.</param>
/// <param name="Calls">What these tokens say of calls, in the order of the calls; <paramref name="Text"/> says nothing of them.</param>
public sealed record ChunkFrame(Bytes32 Id, int First, int[] Tokens, string Text, uint PromptTokens, TokenLikelihood[]? Logprobs = null, CallPart[]? Calls = null) : Frame;

/// <summary>How likely the model found a token, and what it found likeliest: natural logarithms of the softmax of its logits alone.</summary>
/// <param name="Bytes">Of the token's text, as 0x-hexadecimal; perhaps only a part of a character.</param>
public sealed record TokenLikelihood(string Bytes, double Logprob, LikelyToken[] Top)
{
    public const int MostTop = 20;

    /// <summary>Whether a node can have meant this: no more of the likeliest than there may be, and bytes that can be a token's.</summary>
    public bool IsPossible => Top.Length <= MostTop && LikelyToken.IsToken(Bytes) && Top.All(other => LikelyToken.IsToken(other.Bytes));
}

public sealed record LikelyToken(string Bytes, double Logprob)
{
    const int LongestHex = 2 + 2 * 1_024;

    internal static bool IsToken(string hex) => hex.Length is >= 2 and <= LongestHex && Hex.TryDecode(hex, new byte[(hex.Length - 2) / 2]);
}

/// <summary>The node pauses until it holds a voucher for this total: answer with a voucher for exactly Required and receipt 0.</summary>
/// <remarks>Required = Last's total + the fee of the tokens so far − what vouchers of this request already acknowledged.</remarks>
/// <param name="Last">The newest voucher that the node holds of this payer, null for none.</param>
public sealed record NeedVoucherFrame(Bytes32 Id, TokenAmount Required, uint PromptTokens, uint CompletionTokens, SignedVoucher? Last) : Frame;

public sealed record VoucherFrame(Bytes32 Id, SignedVoucher Voucher) : Frame;

/// <summary>The newest vouchers for a node that joins again, of no request: it may have been away when they were signed.</summary>
public sealed record VouchersFrame(SignedVoucher[] Vouchers) : Frame;

public sealed record CancelFrame(Bytes32 Id) : Frame;

/// <summary>The end of a request: what it cost and the node's signature under it. The voucher for it is the answer.</summary>
/// <remarks>
/// The node asks one spender of a payer at a time, so <c>Required = Last's total + fee − what vouchers of this request already acknowledged</c>.
/// With no other request of the payer running at the node that is the receipt's cumulative. The answer is a voucher for exactly
/// Required that carries the receipt's struct hash.
/// </remarks>
/// <param name="Last">The newest voucher that the node holds of this payer, null for none.</param>
/// <param name="FinishReason">stop, length or cancelled.</param>
public sealed record ReceiptFrame(Bytes32 Id, SignedReceipt Receipt, Bytes32 NodeNonce, TokenAmount Required, SignedVoucher? Last, string FinishReason) : Frame;

/// <summary>A request, or with no id the connection, ended without an answer; nothing is charged.</summary>
/// <param name="Required">What is missing: in escrow, or with <paramref name="Owed"/> the total of a voucher that pays all debts.</param>
/// <param name="Last">The newest voucher that the node holds of this payer.</param>
/// <param name="Owed">Receipts whose voucher never came, the newest ones. Sign for those that you know.</param>
/// <param name="Reserve">The reserve that this node wants: sign it and ask again with it.</param>
public sealed record FaultFrame(
    Bytes32? Id, NodeFault Fault, string Message, int? RetryAfterMs = null, TokenAmount? Required = null, SignedVoucher? Last = null,
    SignedReceipt[]? Owed = null, Reserve? Reserve = null) : Frame;
