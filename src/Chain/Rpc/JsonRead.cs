using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ProofMesh.Protocol;

namespace ProofMesh.Chain;

/// <summary>Ethereum's JSON values: quantities in hexadecimal without leading zeros, data as two digits a byte.</summary>
/// <exception cref="TransportException">From every reader: the node's answer isn't what the method promises.</exception>
static class JsonRead
{
    public static JsonNode Quantity(UInt128 value) => $"0x{value:x}";

    public static ulong UInt64(this JsonElement element) => (ulong)element.Number(ulong.MaxValue);

    public static UInt128 UInt128(this JsonElement element) => element.Number(System.UInt128.MaxValue);

    public static UInt128 Number(this JsonElement element, UInt128 max) =>
        element.ValueKind == JsonValueKind.String && element.GetString() is ['0', 'x', _, ..] text && text.Length <= 66
        && System.UInt128.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) && value <= max
            ? value : throw Unexpected("a quantity", element);

    public static Bytes32 Bytes32(this JsonElement element) =>
        element.ValueKind == JsonValueKind.String && Protocol.Bytes32.TryParse(element.GetString(), out var value) ? value : throw Unexpected("32 bytes", element);

    public static Address Address(this JsonElement element) =>
        element.ValueKind == JsonValueKind.String && Protocol.Address.TryParse(element.GetString(), out var value) ? value : throw Unexpected("an address", element);

    public static byte[] Bytes(this JsonElement element)
    {
        try
        {
            return element.ValueKind == JsonValueKind.String ? Hex.Decode(element.GetString()!) : throw Unexpected("bytes", element);
        }
        catch (FormatException)
        {
            throw Unexpected("bytes", element);
        }
    }

    /// <summary>A property that must be there.</summary>
    public static JsonElement At(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : throw new TransportException($"The node's answer lacks '{name}'.");

    /// <summary>A property, or null where it is missing or null.</summary>
    public static JsonElement? AtOrNull(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public static T[] List<T>(this JsonElement element, Func<JsonElement, T> read) =>
        element.ValueKind == JsonValueKind.Array ? [.. element.EnumerateArray().Select(read)] : throw Unexpected("a list", element);

    static TransportException Unexpected(string what, JsonElement element)
    {
        var text = element.ValueKind == JsonValueKind.Undefined ? "nothing" : element.GetRawText();
        return new($"The node's answer holds {(text.Length <= 80 ? text : text[..80])} where {what} was expected.");
    }
}
