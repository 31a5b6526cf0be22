using System.Buffers.Binary;

namespace ProofMesh.Inference;

/// <summary>The named values at the head of a GGUF file: long, double, bool, string, or an array of one of them.</summary>
internal sealed class GgufMetadata
{
    // A name's length, a type and a byte.
    private const int LeastBytes = 13;
    private const uint BoolType = 7, StringType = 8, ArrayType = 9;

    private readonly Dictionary<string, object> _values = new(StringComparer.Ordinal);
    private readonly string _file;

    public GgufMetadata(GgufReader reader, int count, string file)
    {
        _file = file;
        for (var i = 0; i < count; i++)
        {
            var name = reader.Text($"the name of field {i}");
            if (!_values.TryAdd(name, ReadValue(reader, reader.UInt32($"the type of '{name}'"), name)))
                throw reader.Fault($"field '{name}' appears twice.");
        }
    }

    public static int LeastBytesEach => LeastBytes;

    public bool Has(string name) => _values.ContainsKey(name);

    public string Text(string name) => Get<string>(name, "a text");

    public string? OptionalText(string name) => Has(name) ? Text(name) : null;

    public long Integer(string name) => Get<long>(name, "an integer");

    public double Number(string name) => _values.GetValueOrDefault(name) is long whole ? whole : Get<double>(name, "a number");

    public bool Flag(string name, bool fallback) => Has(name) ? Get<bool>(name, "true or false") : fallback;

    public T[] Array<T>(string name) => Get<T[]>(name, $"an array of {typeof(T).Name}");

    private T Get<T>(string name, string kind) => _values.GetValueOrDefault(name) switch
    {
        T value => value,
        null => throw new CheckpointException($"{_file} lacks the field '{name}'."),
        var other => throw new CheckpointException($"{_file}: field '{name}' is {(other is System.Array ? "an array" : other)}; {kind} is expected."),
    };

    private static object ReadValue(GgufReader reader, uint type, string name) => type switch
    {
        StringType => reader.Text($"'{name}'"),
        ArrayType => ReadArray(reader, reader.UInt32($"the element type of '{name}'"), name),
        _ => ReadNumber(reader, type, name),
    };

    private static object ReadArray(GgufReader reader, uint type, string name)
    {
        // An array of arrays would nest without end; nothing that is read here has one.
        if (type == ArrayType)
            throw reader.Fault($"field '{name}' is an array of arrays.");
        var count = reader.Count(type == StringType ? sizeof(ulong) : Size(type, reader, name), $"the length of '{name}'");
        return type switch
        {
            StringType => Fill(count, i => reader.Text($"'{name}'[{i}]")),
            4 or 5 or 10 or 11 or 0 or 1 or 2 or 3 => Fill(count, _ => (long)ReadNumber(reader, type, name)),
            BoolType => Fill(count, _ => (bool)ReadNumber(reader, type, name)),
            _ => Fill(count, _ => (double)ReadNumber(reader, type, name)),
        };
    }

    private static T[] Fill<T>(int count, Func<int, T> read)
    {
        var values = new T[count];
        for (var i = 0; i < count; i++)
            values[i] = read(i);
        return values;
    }

    private static object ReadNumber(GgufReader reader, uint type, string name)
    {
        var bytes = reader.Bytes(Size(type, reader, name), $"'{name}'");
        return type switch
        {
            0 => (long)bytes[0],
            1 => (long)(sbyte)bytes[0],
            2 => (long)BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            3 => (long)BinaryPrimitives.ReadInt16LittleEndian(bytes),
            4 => (long)BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            5 => (long)BinaryPrimitives.ReadInt32LittleEndian(bytes),
            6 => (double)BinaryPrimitives.ReadSingleLittleEndian(bytes),
            BoolType => bytes[0] != 0,
            10 or 11 => BinaryPrimitives.ReadInt64LittleEndian(bytes),
            _ => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
        };
    }

    private static int Size(uint type, GgufReader reader, string name) => type switch
    {
        0 or 1 or BoolType => 1,
        2 or 3 => 2,
        4 or 5 or 6 => 4,
        10 or 11 or 12 => 8,
        _ => throw reader.Fault($"field '{name}' has the unknown type {type}."),
    };
}
