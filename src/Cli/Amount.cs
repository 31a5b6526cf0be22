using ProofMesh.Protocol;

namespace ProofMesh.Cli;

/// <summary>Amounts and times as people type them.</summary>
static class Amount
{
    /// <summary>Whole tokens, such as 12.5.</summary>
    /// <exception cref="CommandException">Not a number, zero, or finer than the token.</exception>
    public static TokenAmount Parse(string text, Rail rail)
    {
        if (!TokenAmount.TryParseTokens(text, rail.Decimals, out var amount))
            throw new CommandException($"'{Output.Plain(text)}' is no amount: write {rail.Symbol} in decimal with at most {rail.Decimals} digits after the point, such as 12.5.");
        return amount.IsZero ? throw new CommandException("The amount is zero.") : amount;
    }

    public static TokenAmount? ParseOptional(string? text, Rail rail) => text is null ? null : Parse(text, rail);

    /// <exception cref="CommandException">Not between a minute and ten years.</exception>
    public static DateTimeOffset? InDays(double? days) => days switch
    {
        null => null,
        >= 1.0 / 1440 and <= 3653 => DateTimeOffset.UtcNow.AddDays(days.Value),
        _ => throw new CommandException($"{days} days are refused: use up to 3653, and at least a minute (0.0007)."),
    };

    /// <exception cref="CommandException">Not an address, or the zero address.</exception>
    public static Address Account(string text) =>
        Address.TryParse(text, out var address) && !address.IsZero ? address : throw new CommandException($"'{Output.Plain(text)}' is no address: 0x and 40 hexadecimal digits, with a right checksum where the case is mixed.");

    /// <exception cref="CommandException">Not a request's id.</exception>
    public static Bytes32 Request(string text) =>
        Bytes32.TryParse(text, out var id) ? id : throw new CommandException($"'{Output.Plain(text)}' is no request id: 0x and 64 hexadecimal digits.");
}
