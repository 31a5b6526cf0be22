using System.Text.RegularExpressions;
using ProofMesh.Chain;
using ProofMesh.Protocol;

namespace ProofMesh.Indexer;

/// <summary>An event and the table that its logs go to: chain.NAME with a column for each field.</summary>
sealed partial class EventTable
{
    readonly EventColumn[] columns;

    /// <param name="declaration">As in Solidity, with the columns' names for the fields. The fields of a struct become columns of their own.</param>
    public EventTable(string declaration)
    {
        Declaration = declaration;
        columns = [.. Field().Matches(declaration).Select(match => new EventColumn(match.Groups["type"].Value, EventColumn.Snake(match.Groups["name"].Value), match.Groups["indexed"].Success))];
        Signature = StructName().Replace(Field().Replace(declaration, "${type}"), "").Replace(" ", "", StringComparison.Ordinal);
        Topic = Abi.Topic(Signature);
        Table = "chain." + EventColumn.Snake(declaration[..declaration.IndexOf('(')]);
    }

    public string Declaration { get; }

    /// <summary>Name and types alone, whose hash is topic 0.</summary>
    public string Signature { get; }

    public Bytes32 Topic { get; }

    public string Table { get; }

    public string CopyCommand => $"copy {Table} (block_number, log_index, transaction_hash, {string.Join(", ", columns.Select(column => column.Name))}) from stdin (format binary)";

    /// <summary>A row in the order of the command's columns.</summary>
    /// <exception cref="FormatException">The log isn't this event.</exception>
    public object[] Row(Log log)
    {
        var row = new object[3 + columns.Length];
        (row[0], row[1], row[2]) = ((long)log.BlockNumber, (int)log.LogIndex, log.TransactionHash.ToArray());
        var topics = new byte[32 * (log.Topics.Length - 1)];
        for (var i = 1; i < log.Topics.Length; i++) log.Topics[i].CopyTo(topics.AsSpan(32 * (i - 1)));
        var (indexed, data) = (new AbiReader(topics), new AbiReader(log.Data));
        for (var i = 0; i < columns.Length; i++) row[3 + i] = columns[i].Read(columns[i].Indexed ? indexed : data);
        return row;
    }

    [GeneratedRegex(@"(?<type>[a-z]+\d*)(?<indexed> indexed)? (?<name>\w+)")]
    private static partial Regex Field();

    [GeneratedRegex(@"(?<=\)) \w+")]
    private static partial Regex StructName();
}
