using System.Diagnostics.CodeAnalysis;

namespace ProofMesh.Protocol;

/// <summary>Hexadecimal text as Ethereum writes it: 0x and two lower-case digits a byte.</summary>
public static class Hex
{
    public static string Encode(ReadOnlySpan<byte> bytes) => string.Concat("0x", Convert.ToHexStringLower(bytes));

    /// <exception cref="FormatException">An odd number of digits or a character that is no digit.</exception>
    public static byte[] Decode(string text)
    {
        var digits = Digits(text);
        var bytes = new byte[digits.Length / 2];
        return TryDecode(text, bytes) ? bytes : throw new FormatException($"'{Excerpt(text)}' isn't hexadecimal: 0x and an even number of digits are expected.");
    }

    /// <summary>Fills the whole target, or answers false: wrong length, odd digits, strange characters.</summary>
    public static bool TryDecode([NotNullWhen(true)] string? text, Span<byte> target)
    {
        if (text is null) return false;
        var digits = Digits(text);
        return digits.Length == target.Length * 2
            && Convert.FromHexString(digits, target, out _, out var written) == System.Buffers.OperationStatus.Done
            && written == target.Length;
    }

    /// <summary>At most 40 characters of hostile text, for an error message.</summary>
    internal static string Excerpt(string? text) => text is null ? "(nothing)" : text.Length <= 40 ? text : string.Concat(text.AsSpan(0, 37), "...");

    static ReadOnlySpan<char> Digits(string text) =>
        text.StartsWith("0x", StringComparison.Ordinal) ? text.AsSpan(2) : text;
}
