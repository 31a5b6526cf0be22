using System.Globalization;
using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>The text that a wallet signs to sign in (EIP-4361).</summary>
sealed record SignInMessage(string Domain, Address Wallet, string Uri, ulong ChainId, string Nonce, DateTimeOffset IssuedAt, DateTimeOffset? ExpirationTime, DateTimeOffset? NotBefore)
{
    const string Greeting = " wants you to sign in with your Ethereum account:";

    /// <summary>Reads the message's lines in the order of the standard; null for anything else.</summary>
    public static SignInMessage? Parse(string text)
    {
        if (text.Length > 4096) return null;
        var lines = text.Split('\n');
        if (lines.Length < 8 || !lines[0].EndsWith(Greeting, StringComparison.Ordinal) || !Address.TryParse(lines[1], out var wallet) || lines[2].Length != 0) return null;
        // A statement and the empty line after it may be missing.
        var first = Array.FindIndex(lines, line => line.StartsWith("URI: ", StringComparison.Ordinal));
        if (first is < 3 or > 5 || lines[first - 1].Length != 0) return null;
        var fields = Fields(lines.AsSpan(first));
        if (fields is null || Value("Version") != "1") return null;
        if (!ulong.TryParse(Value("Chain ID"), NumberStyles.None, CultureInfo.InvariantCulture, out var chain)) return null;
        if (Time(Value("Issued At")) is not { } issued || Value("Nonce") is not { Length: >= 8 } nonce) return null;
        if (Broken("Expiration Time") || Broken("Not Before")) return null;
        return new(lines[0][..^Greeting.Length], wallet, Value("URI")!, chain, nonce, issued, Time(Value("Expiration Time")), Time(Value("Not Before")));

        string? Value(string name) => fields.GetValueOrDefault(name);
        bool Broken(string name) => Value(name) is { } value && Time(value) is null;
    }

    public override string ToString() => string.Join('\n',
        Domain + Greeting, Wallet, "", $"URI: {Uri}", "Version: 1", $"Chain ID: {ChainId}", $"Nonce: {Nonce}", $"Issued At: {IssuedAt.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}");

    static readonly string[] Order = ["URI", "Version", "Chain ID", "Nonce", "Issued At", "Expiration Time", "Not Before", "Request ID", "Resources"];

    // Each known field at most once, in the standard's order.
    static Dictionary<string, string>? Fields(ReadOnlySpan<string> lines)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        var last = -1;
        foreach (var line in lines)
        {
            if (last == Order.Length - 1 && line.StartsWith("- ", StringComparison.Ordinal)) continue;
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var place = colon < 0 ? -1 : Array.IndexOf(Order, line[..colon]);
            if (place <= last) return null;
            fields[Order[place]] = line.Length > colon + 2 ? line[(colon + 2)..] : "";
            last = place;
        }
        return fields;
    }

    static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
