using System.Buffers.Binary;

namespace ProofMesh.Protocol;

/// <summary>What the receipts below a node of the sum tree add up to.</summary>
/// <param name="Tokens">Prompt and completion tokens together.</param>
public readonly record struct Totals(ulong Completed, ulong Tokens, TokenAmount Fees, ulong Points)
{
    /// <summary>Bytes of the binary form: completed(8) ‖ tokens(8) ‖ fees(16) ‖ points(8).</summary>
    public const int BinarySize = 40;

    public static Totals Of(Receipt receipt) => new(
        receipt.Status is ReceiptStatus.Completed or ReceiptStatus.Length ? 1UL : 0,
        (ulong)receipt.PromptTokens + receipt.CompletionTokens,
        receipt.Fee,
        Protocol.Points.Of(receipt.Status, receipt.PromptTokens, receipt.DurationMs));

    /// <exception cref="OverflowException">A sum doesn't fit its field.</exception>
    public static Totals operator +(Totals a, Totals b) =>
        checked(new(a.Completed + b.Completed, a.Tokens + b.Tokens, a.Fees + b.Fees, a.Points + b.Points));

    /// <summary>The sum in each field's width, what doesn't fit left out.</summary>
    public static Totals WrappingSum(Totals a, Totals b) =>
        unchecked(new(a.Completed + b.Completed, a.Tokens + b.Tokens, new(a.Fees.Units + b.Fees.Units), a.Points + b.Points));

    public void CopyTo(Span<byte> target)
    {
        BinaryPrimitives.WriteUInt64BigEndian(target, Completed);
        BinaryPrimitives.WriteUInt64BigEndian(target[8..], Tokens);
        BinaryPrimitives.WriteUInt128BigEndian(target[16..], Fees.Units);
        BinaryPrimitives.WriteUInt64BigEndian(target[32..], Points);
    }
}
