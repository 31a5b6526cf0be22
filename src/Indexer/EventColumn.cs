using System.Globalization;
using System.Text;
using ProofMesh.Chain;

namespace ProofMesh.Indexer;

/// <summary>One field of an event and the column that holds it.</summary>
sealed record EventColumn(string Type, string Name)
{
    /// <summary>What a value is read as.</summary>
    public Type Holds => Type switch
    {
        "uint32" => typeof(long),
        "uint16" => typeof(int),
        "uint8" => typeof(short),
        "bool" => typeof(bool),
        "string" => typeof(string),
        _ when Type.StartsWith("uint", StringComparison.Ordinal) => typeof(System.Numerics.BigInteger),
        _ => typeof(byte[]),
    };

    /// <summary>The next value, as binary COPY takes it into the type that the schema has for it.</summary>
    /// <exception cref="FormatException">The data isn't what the type says.</exception>
    public object Read(AbiReader abi) => Type switch
    {
        "address" => abi.Address().ToArray(),
        "bytes32" => abi.Bytes32().ToArray(),
        "uint128" => (System.Numerics.BigInteger)abi.UInt128(),
        "uint64" => (System.Numerics.BigInteger)abi.UInt64(),
        "uint256" => abi.UInt256(),
        "uint32" => (long)abi.UInt32(),
        "uint16" => (int)abi.UInt16(),
        "uint8" => (short)abi.UInt8(),
        "bool" => abi.Bool(),
        "string" => Text(abi.Bytes()),
        _ => throw new FormatException($"Events with a {Type} aren't mirrored."),
    };

    /// <summary>camelCase as snake_case.</summary>
    public static string Snake(string name)
    {
        var text = new StringBuilder();
        foreach (var c in name)
        {
            if (char.IsUpper(c) && text.Length > 0) text.Append('_');
            text.Append(char.ToLower(c, CultureInfo.InvariantCulture));
        }
        return text.ToString();
    }

    // Solidity emits whatever bytes it was given; Postgres takes UTF-8 without zeros.
    static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes).Replace('\0', '\uFFFD');
}
