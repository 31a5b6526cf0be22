using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;

namespace ProofMesh.Protocol;

/// <summary>Money: a count of the rail token's base units (USDT: 1 = 0.000001 USDT). Arithmetic is checked.</summary>
[JsonConverter(typeof(TokenAmountJson))]
public readonly record struct TokenAmount(UInt128 Units) : IComparable<TokenAmount>
{
    public static TokenAmount Zero => default;
    public static TokenAmount Max => new(UInt128.MaxValue);

    public bool IsZero => Units == 0;

    public static TokenAmount operator +(TokenAmount a, TokenAmount b) => new(checked(a.Units + b.Units));
    /// <exception cref="OverflowException">The result would be negative.</exception>
    public static TokenAmount operator -(TokenAmount a, TokenAmount b) => new(checked(a.Units - b.Units));
    public static bool operator <(TokenAmount a, TokenAmount b) => a.Units < b.Units;
    public static bool operator >(TokenAmount a, TokenAmount b) => a.Units > b.Units;
    public static bool operator <=(TokenAmount a, TokenAmount b) => a.Units <= b.Units;
    public static bool operator >=(TokenAmount a, TokenAmount b) => a.Units >= b.Units;

    public static TokenAmount Min(TokenAmount a, TokenAmount b) => a < b ? a : b;

    /// <summary>a − b, or zero where b is larger.</summary>
    public static TokenAmount Difference(TokenAmount a, TokenAmount b) => a > b ? a - b : Zero;

    /// <summary>This many hundredths of a percent, rounded up.</summary>
    public TokenAmount ShareUp(uint feeBasisPoints)
    {
        var (whole, rest) = (Units / 10_000, Units % 10_000);
        return new(checked(whole * feeBasisPoints + (rest * feeBasisPoints + 9_999) / 10_000));
    }

    public int CompareTo(TokenAmount other) => Units.CompareTo(other.Units);

    /// <summary>Reads base units in decimal digits.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out TokenAmount amount)
    {
        var read = UInt128.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var units);
        amount = new(units);
        return read;
    }

    /// <summary>Reads a decimal number of whole tokens, such as 12.5, given the token's decimals.</summary>
    public static bool TryParseTokens([NotNullWhen(true)] string? text, int decimals, out TokenAmount amount)
    {
        amount = default;
        if (text is null || text.Length > 60) return false;
        var parts = text.Split('.');
        if (parts.Length > 2 || parts[0].Length == 0 || (parts.Length == 2 && (parts[1].Length == 0 || parts[1].Length > decimals))) return false;
        var digits = parts[0] + (parts.Length == 2 ? parts[1] : "").PadRight(decimals, '0');
        return TryParse(digits, out amount);
    }

    /// <summary>Whole tokens in decimal, without needless zeros: 12500000 units of a 6-decimal token are 12.5.</summary>
    public string ToTokens(int decimals)
    {
        var digits = Units.ToString(CultureInfo.InvariantCulture).PadLeft(decimals + 1, '0');
        var fraction = digits[^decimals..].TrimEnd('0');
        return fraction.Length == 0 ? digits[..^decimals] : $"{digits[..^decimals]}.{fraction}";
    }

    public override string ToString() => Units.ToString(CultureInfo.InvariantCulture);
}

public sealed class TokenAmountJson : HexJson<TokenAmount>
{
    protected override bool TryParse(string text, out TokenAmount value) => TokenAmount.TryParse(text, out value);
}
