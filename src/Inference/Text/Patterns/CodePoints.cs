using System.Globalization;
using System.Text;

namespace ProofMesh.Inference;

/// <summary>Code points of a well-formed UTF-16 string, and the Unicode classes that the tokenizers speak of.</summary>
/// <remarks>Categories come from the runtime's own tables, so they hold under invariant globalisation too.</remarks>
internal static class CodePoints
{
    public static int At(ReadOnlySpan<char> text, int index) =>
        char.IsHighSurrogate(text[index]) && index + 1 < text.Length
            ? char.ConvertToUtf32(text[index], text[index + 1])
            : text[index];

    public static int Before(ReadOnlySpan<char> text, int index) =>
        char.IsLowSurrogate(text[index - 1]) && index > 1
            ? char.ConvertToUtf32(text[index - 2], text[index - 1])
            : text[index - 1];

    public static int Width(int codePoint) => codePoint > char.MaxValue ? 2 : 1;

    /// <summary>The text with each lone surrogate replaced by U+FFFD, as an UTF-8 encoder would.</summary>
    public static string WellFormed(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0)
            return text;
        var builder = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            builder.Append(rune);
        return builder.ToString();
    }

    /// <summary>Bit of the general category, to test against a mask.</summary>
    public static uint Category(int codePoint) => 1u << (int)CharUnicodeInfo.GetUnicodeCategory(codePoint);

    public static bool IsSpace(int codePoint) => codePoint switch
    {
        < 128 => codePoint is ' ' or (>= 9 and <= 13),
        0x85 or 0xA0 or 0x1680 or 0x2028 or 0x2029 or 0x202F or 0x205F or 0x3000 => true,
        _ => codePoint is >= 0x2000 and <= 0x200A,
    };

    // Letters, marks, decimal and letter numbers, connectors, and the enclosed letters, which are symbols by category.
    public static bool IsWord(int codePoint) =>
        (Category(codePoint) & WordCategories) != 0
        || codePoint is (>= 0x24B6 and <= 0x24E9) or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189);

    public static bool IsNumeric(int codePoint) => (Category(codePoint) & UnicodeClass.Mask("N")!.Value) != 0;

    public static bool IsPunctuation(int codePoint) =>
        codePoint < 128
            ? codePoint is (>= '!' and <= '/') or (>= ':' and <= '@') or (>= '[' and <= '`') or (>= '{' and <= '~')
            : (Category(codePoint) & UnicodeClass.Mask("P")!.Value) != 0;

    private static readonly uint WordCategories =
        UnicodeClass.Mask("L")!.Value | UnicodeClass.Mask("M")!.Value | UnicodeClass.Mask("Nd")!.Value | UnicodeClass.Mask("Nl")!.Value | UnicodeClass.Mask("Pc")!.Value;
}
