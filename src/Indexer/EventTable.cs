using System.Text.RegularExpressions;
using ProofMesh.Chain;
using ProofMesh.Protocol;

namespace ProofMesh.Indexer;

/// <summary>An event and the table that its logs go to: chain.NAME with a column for each field.</summary>
sealed partial class EventTable
{
    readonly EventField[] fields;

    /// <param name="declaration">
    /// As in Solidity, with the columns' names for the fields. The fields of a struct become columns of their own; of an array
    /// of structs each becomes a column that holds an array.
    /// </param>
    public EventTable(string declaration)
    {
        Declaration = declaration;
        fields = [.. Field().Matches(declaration, declaration.IndexOf('(') + 1).SelectMany(Fields)];
        Signature = StructName().Replace(Column().Replace(declaration, "${type}"), "").Replace(" ", "", StringComparison.Ordinal);
        Topic = Abi.Topic(Signature);
        Table = "chain." + EventColumn.Snake(declaration[..declaration.IndexOf('(')]);
    }

    public string Declaration { get; }

    /// <summary>Name and types alone, whose hash is topic 0.</summary>
    public string Signature { get; }

    public Bytes32 Topic { get; }

    public string Table { get; }

    public string CopyCommand => $"copy {Table} (block_number, log_index, transaction_hash, {string.Join(", ", fields.SelectMany(one => one.Columns).Select(column => column.Name))}) from stdin (format binary)";

    /// <summary>A row in the order of the command's columns.</summary>
    /// <exception cref="FormatException">The log isn't this event.</exception>
    public object[] Row(Log log)
    {
        var topics = new byte[32 * (log.Topics.Length - 1)];
        for (var i = 1; i < log.Topics.Length; i++) log.Topics[i].CopyTo(topics.AsSpan(32 * (i - 1)));
        var (indexed, data) = (new AbiReader(topics), new AbiReader(log.Data));
        return [(long)log.BlockNumber, (int)log.LogIndex, log.TransactionHash.ToArray(), .. fields.SelectMany(field => field.Read(field.Indexed ? indexed : data))];
    }

    static IEnumerable<EventField> Fields(Match field)
    {
        var columns = Column().Matches(field.Groups["tuple"].Success ? field.Groups["tuple"].Value : field.Value)
            .Select(column => new EventColumn(column.Groups["type"].Value.TrimEnd('[', ']'), EventColumn.Snake(column.Groups["name"].Value))).ToArray();
        if (field.Groups["array"].Success) return [new(columns, IsArray: true, Indexed: false)];
        return columns.Select(column => new EventField([column], IsArray: false, field.Groups["indexed"].Success));
    }

    [GeneratedRegex(@"(\((?<tuple>[^()]+)\)|[a-z]+\d*)(?<array>\[\])?(?<indexed> indexed)? \w+")]
    private static partial Regex Field();

    [GeneratedRegex(@"(?<type>[a-z]+\d*(\[\])?)( indexed)? (?<name>\w+)")]
    private static partial Regex Column();

    [GeneratedRegex(@"(?<=\)(\[\])?) \w+")]
    private static partial Regex StructName();
}
