using System.Globalization;
using System.Text.Json.Nodes;
using ProofMesh.Protocol;

namespace ProofMesh.Client;

/// <summary>The grant that a gateway asks for, read from the typed data that a browser's wallet would show.</summary>
static class GrantOffered
{
    /// <summary>The grant in the wallet's own name, and the separator of the domain under which it is signed.</summary>
    /// <exception cref="UnavailableException">It isn't a grant's typed data.</exception>
    public static (Grant Grant, Bytes32 Domain) Read(JsonObject? data, Address payer, TokenAmount? cap, DateTimeOffset? until)
    {
        try
        {
            var (message, domain) = (Part(data, "message"), Part(data, "domain"));
            var grant = new Grant(
                payer, Address.Parse(Text(message, "spender")), cap ?? new(UInt128.Parse(Text(message, "cap"), NumberStyles.None, CultureInfo.InvariantCulture)),
                until is { } time ? (ulong)time.ToUnixTimeSeconds() : ulong.Parse(Text(message, "validUntil"), NumberStyles.None, CultureInfo.InvariantCulture),
                uint.Parse(Text(message, "epoch"), NumberStyles.None, CultureInfo.InvariantCulture));
            return (grant, Eip712.DomainSeparator(ulong.Parse(Text(domain, "chainId"), NumberStyles.None, CultureInfo.InvariantCulture), Address.Parse(Text(domain, "verifyingContract"))));
        }
        catch (Exception fault) when (fault is FormatException or OverflowException)
        {
            throw new UnavailableException($"The gateway's typed data is no grant: {fault.Message}", "bad_answer", 200, null, fault);
        }
    }

    static JsonObject Part(JsonObject? data, string name) => data?[name] as JsonObject ?? throw new FormatException($"it lacks {name}.");

    static string Text(JsonObject part, string name) => part[name] is JsonValue value ? value.ToString() : throw new FormatException($"it lacks {name}.");
}
