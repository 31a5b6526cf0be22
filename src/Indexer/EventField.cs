using ProofMesh.Chain;

namespace ProofMesh.Indexer;

/// <summary>A field of an event: a value with its column, or an array with a column for each field of its elements.</summary>
/// <param name="Indexed">Whether it lies in the topics.</param>
sealed record EventField(EventColumn[] Columns, bool IsArray, bool Indexed)
{
    /// <exception cref="FormatException">The data isn't what the types say.</exception>
    public IEnumerable<object> Read(AbiReader abi)
    {
        if (!IsArray) return [Columns[0].Read(abi)];
        var elements = abi.Array(Columns.Length, reader => Array.ConvertAll(Columns, column => column.Read(reader)));
        return Columns.Select((column, at) => Typed(column, [.. elements.Select(element => element[at])]));
    }

    // COPY asks for an array of the element's own type.
    static Array Typed(EventColumn column, object[] values)
    {
        var typed = Array.CreateInstance(column.Holds, values.Length);
        Array.Copy(values, typed, values.Length);
        return typed;
    }
}
