using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using ProofMesh.Protocol;

namespace ProofMesh.Chain;

/// <summary>Typed structured data (EIP-712) of any types, as wallets get it: JSON with <c>types</c>, <c>primaryType</c>, <c>domain</c> and <c>message</c>.</summary>
/// <remarks>The protocol's own messages have their hashes in <see cref="Eip712"/> and need none of this.</remarks>
public sealed class TypedData
{
    const int MaxDepth = 32;
    static readonly (string Name, string Type)[] DomainFields = [("name", "string"), ("version", "string"), ("chainId", "uint256"), ("verifyingContract", "address"), ("salt", "bytes32")];

    readonly Dictionary<string, (string Name, string Type)[]> types = new(StringComparer.Ordinal);
    readonly JsonElement domain, message;
    readonly string primaryType;

    TypedData(JsonElement json)
    {
        domain = Property(json, "domain");
        foreach (var type in Property(json, "types").EnumerateObject())
            types[type.Name] = [.. type.Value.EnumerateArray().Select(field => (Text(Property(field, "name")), Text(Property(field, "type"))))];
        // A domain without a declared type has the fields that are given, in the order of the specification.
        types.TryAdd("EIP712Domain", [.. DomainFields.Where(field => domain.TryGetProperty(field.Name, out _))]);
        primaryType = Text(Property(json, "primaryType"));
        message = primaryType == "EIP712Domain" ? default : Property(json, "message");
    }

    /// <exception cref="FormatException">Not typed data: a missing field, an unknown type, a value that doesn't fit its type.</exception>
    public static TypedData Parse(string json)
    {
        try
        {
            return new(JsonElement.Parse(json));
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            throw new FormatException("This isn't the JSON of typed data.", wrong);
        }
    }

    /// <summary>What is signed.</summary>
    /// <inheritdoc cref="Parse"/>
    public Bytes32 Digest()
    {
        byte[] separator = HashStruct("EIP712Domain", domain, MaxDepth);
        return Keccak256.Hash(primaryType == "EIP712Domain" ? [0x19, 0x01, .. separator] : [0x19, 0x01, .. separator, .. HashStruct(primaryType, message, MaxDepth)]);
    }

    /// <summary>The type's fields followed by those of the types that it refers to, in the order of their names.</summary>
    public string EncodeType(string type)
    {
        var referred = new SortedSet<string>(StringComparer.Ordinal);
        Collect(type, referred);
        referred.Remove(type);
        return string.Concat(referred.Prepend(type).Select(name => $"{name}({string.Join(',', Fields(name).Select(field => $"{field.Type} {field.Name}"))})"));
    }

    void Collect(string type, SortedSet<string> found)
    {
        if (!types.ContainsKey(type) || !found.Add(type)) return;
        foreach (var field in types[type]) Collect(ElementOf(field.Type), found);
    }

    byte[] HashStruct(string type, JsonElement value, int depth)
    {
        if (depth == 0) throw new FormatException($"Values are nested more than {MaxDepth} deep.");
        var words = new List<byte>(Keccak256.Hash(Encoding.UTF8.GetBytes(EncodeType(type))).ToArray());
        foreach (var field in Fields(type)) words.AddRange(Word(field.Type, Property(value, field.Name), depth - 1));
        return Keccak256.Hash(words.ToArray()).ToArray();
    }

    byte[] Word(string type, JsonElement value, int depth)
    {
        if (type.EndsWith(']')) return HashArray(type, value, depth);
        if (types.ContainsKey(type)) return HashStruct(type, value, depth);
        var kind = AbiType.Parse(type);
        return kind.Kind switch
        {
            AbiKind.String => Keccak256.Hash(Encoding.UTF8.GetBytes(Text(value))).ToArray(),
            AbiKind.Bytes => Keccak256.Hash(Hex.Decode(Text(value))).ToArray(),
            _ => Encode(kind, value),
        };
    }

    byte[] HashArray(string type, JsonElement value, int depth)
    {
        if (depth == 0) throw new FormatException($"Values are nested more than {MaxDepth} deep.");
        if (value.ValueKind != JsonValueKind.Array) throw new FormatException($"A list is expected for {type}.");
        var start = type.LastIndexOf('[');
        var size = type.AsSpan(start + 1, type.Length - start - 2);
        if (!size.IsEmpty && (!int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count != value.GetArrayLength())) throw new FormatException($"{type} is given {value.GetArrayLength()} elements.");
        var words = value.EnumerateArray().SelectMany(item => Word(type[..start], item, depth - 1));
        return Keccak256.Hash(words.ToArray()).ToArray();
    }

    static byte[] Encode(AbiType type, JsonElement value)
    {
        try
        {
            object plain = type.Kind switch
            {
                AbiKind.Address => Address.Parse(Text(value)),
                AbiKind.Bool => value.GetBoolean(),
                AbiKind.FixedBytes => Hex.Decode(Text(value)),
                _ => Integer(value),
            };
            return Abi.Encode(new(AbiKind.Tuple, 0, [type]), [plain]);
        }
        catch (Exception wrong) when (wrong is ArgumentException or InvalidOperationException)
        {
            throw new FormatException($"A value isn't a {type}: {wrong.Message}", wrong);
        }
    }

    // Wallets send numbers as JSON numbers, as decimal text and as hexadecimal text.
    static BigInteger Integer(JsonElement value)
    {
        var text = value.ValueKind == JsonValueKind.Number ? value.GetRawText() : Text(value);
        var hex = text.StartsWith("0x", StringComparison.Ordinal);
        return text.Length <= 80 && BigInteger.TryParse(hex ? "0" + text[2..] : text, hex ? NumberStyles.AllowHexSpecifier : NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number : throw new FormatException("An integer is expected.");
    }

    (string Name, string Type)[] Fields(string type) => types.TryGetValue(type, out var fields) ? fields : throw new FormatException($"The type {type} isn't declared.");

    static string ElementOf(string type) => type.IndexOf('[') is >= 0 and var end ? type[..end] : type;

    static JsonElement Property(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var property) ? property : throw new FormatException($"'{name}' is missing.");

    static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : throw new FormatException("A text is expected.");
}
