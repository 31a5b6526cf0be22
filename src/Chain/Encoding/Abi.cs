using System.Numerics;
using System.Text;
using ProofMesh.Protocol;

namespace ProofMesh.Chain;

/// <summary>Encodes and decodes values of types known only at run time. Our own contracts have generated bindings instead.</summary>
/// <remarks>uintN and intN are <see cref="BigInteger"/> (any integer and <see cref="TokenAmount"/> are taken), bytesN and bytes are byte[] (<see cref="Bytes32"/> is taken), arrays and tuples are object[].</remarks>
public static class Abi
{
    /// <summary>The first four bytes of the hash of a signature such as <c>transfer(address,uint256)</c>.</summary>
    public static byte[] Selector(string signature) => Keccak256.Hash(Encoding.UTF8.GetBytes(signature)).ToArray()[..4];

    /// <summary>Topic 0 of an event.</summary>
    public static Bytes32 Topic(string signature) => Keccak256.Hash(Encoding.UTF8.GetBytes(signature));

    /// <summary>Call data of a function given as <c>name(type,…)</c>.</summary>
    public static byte[] EncodeCall(string signature, params object[] arguments) =>
        Encode(AbiType.Parse(signature[signature.IndexOf('(')..]), arguments, Selector(signature));

    /// <summary>Encodes the components of a tuple as arguments and return values are.</summary>
    /// <exception cref="ArgumentException">A value doesn't fit its type.</exception>
    public static byte[] Encode(AbiType tuple, object[] values, ReadOnlySpan<byte> selector = default)
    {
        var writer = new AbiWriter(selector, tuple.Parts.Sum(part => part.HeadWords));
        WriteParts(writer, tuple, values);
        return writer.ToArray();
    }

    /// <exception cref="FormatException">The data isn't what the type says.</exception>
    public static object[] Decode(AbiType tuple, ReadOnlyMemory<byte> data)
    {
        var reader = new AbiReader(data);
        return [.. tuple.Parts.Select(part => Read(reader, part))];
    }

    static void WriteParts(AbiWriter writer, AbiType tuple, object[] values)
    {
        if (values.Length != tuple.Parts.Length) throw new ArgumentException($"{tuple} has {tuple.Parts.Length} components and {values.Length} values are given.");
        for (var i = 0; i < values.Length; i++) Write(writer, tuple.Parts[i], values[i]);
    }

    static void Write(AbiWriter writer, AbiType type, object value)
    {
        _ = (type.Kind, value) switch
        {
            (AbiKind.UInt or AbiKind.Int, _) => writer.Add(Integer(type, value)),
            (AbiKind.Address, Address address) => writer.Add(address),
            (AbiKind.Bool, bool flag) => writer.Add(flag),
            (AbiKind.FixedBytes, Bytes32 word) when type.Size == 32 => writer.Add(word),
            (AbiKind.FixedBytes, byte[] bytes) when bytes.Length == type.Size => writer.AddFixed(bytes),
            (AbiKind.Bytes, byte[] bytes) => writer.Add(bytes),
            (AbiKind.String, string text) => writer.Add(text),
            (AbiKind.Tuple, object[] values) => WriteTuple(writer, type, values),
            (AbiKind.Array, object[] items) => WriteArray(writer, type, items),
            _ => throw new ArgumentException($"A {value.GetType().Name} can't be written as {type}."),
        };
    }

    static AbiWriter WriteTuple(AbiWriter writer, AbiType type, object[] values)
    {
        if (!type.IsDynamic)
        {
            WriteParts(writer, type, values);
            return writer;
        }
        var outer = writer.Enter(type.Parts.Sum(part => part.HeadWords));
        WriteParts(writer, type, values);
        return writer.Leave(outer);
    }

    static AbiWriter WriteArray(AbiWriter writer, AbiType type, object[] items)
    {
        var element = type.Parts[0];
        if (type.Size < 0) return writer.Add(items, element.HeadWords, (inner, item) => Write(inner, element, item));
        if (items.Length != type.Size) throw new ArgumentException($"{type} takes {type.Size} elements, not {items.Length}.");
        var outer = element.IsDynamic ? writer.Enter(type.Size) : default;
        foreach (var item in items) Write(writer, element, item);
        return element.IsDynamic ? writer.Leave(outer) : writer;
    }

    static BigInteger Integer(AbiType type, object value)
    {
        var number = value switch
        {
            BigInteger big => big,
            UInt128 wide => wide,
            TokenAmount amount => amount.Units,
            ulong or uint or ushort or byte => Convert.ToUInt64(value),
            long or int or short or sbyte => Convert.ToInt64(value),
            _ => throw new ArgumentException($"A {value.GetType().Name} can't be written as {type}."),
        };
        var (least, bits) = type.Kind == AbiKind.Int ? (-(BigInteger.One << type.Size - 1), type.Size - 1) : (0, type.Size);
        return number >= least && number < BigInteger.One << bits ? number : throw new ArgumentException($"{number} doesn't fit in {type}.");
    }

    static object Read(AbiReader reader, AbiType type) => type.Kind switch
    {
        AbiKind.UInt => Checked(type, reader.UInt256()),
        AbiKind.Int => Checked(type, reader.Int256()),
        AbiKind.Address => reader.Address(),
        AbiKind.Bool => reader.Bool(),
        AbiKind.FixedBytes => reader.Fixed(type.Size),
        AbiKind.Bytes => reader.Bytes(),
        AbiKind.String => reader.String(),
        AbiKind.Tuple => ReadParts(reader, type, type.Parts),
        _ when type.Size < 0 => reader.Array(type.Parts[0].HeadWords, inner => Read(inner, type.Parts[0])),
        _ => ReadParts(reader, type, Enumerable.Repeat(type.Parts[0], type.Size)),
    };

    static object[] ReadParts(AbiReader reader, AbiType type, IEnumerable<AbiType> parts)
    {
        var outer = type.IsDynamic ? reader.Enter() : default;
        var values = new List<object>();
        foreach (var part in parts) values.Add(Read(reader, part));
        if (type.IsDynamic) reader.Leave(outer);
        return [.. values];
    }

    static object Checked(AbiType type, BigInteger number)
    {
        try
        {
            return Integer(type, number);
        }
        catch (ArgumentException wrong)
        {
            throw new FormatException(wrong.Message, wrong);
        }
    }
}
