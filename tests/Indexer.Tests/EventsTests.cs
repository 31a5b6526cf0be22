using System.Text.Json;
using Dapper;
using ProofMesh.Testing;

namespace ProofMesh.Indexer_Tests;

public sealed class EventsTests(TestPostgres postgres) : IClassFixture<TestPostgres>
{
    // What changes only how the contracts are run, and no balance, stake or reputation.
    static readonly string[] NotMirrored =
    [
        "DepositsPaused", "EIP712DomainChanged", "FeeProposed", "MinimumStakeProposed",
        "OwnershipTransferStarted", "OwnershipTransferred", "StakeMultipleChanged", "StakeMultipleProposed",
    ];

    [Theory]
    [InlineData("Escrow")]
    [InlineData("Staking")]
    [InlineData("Settlement")]
    [InlineData("Disputes")]
    public void Every_event_of_a_contract_is_mirrored_or_left_out_on_purpose(string contract)
    {
        var declared = Indexer.Events.All.Select(table => table.Signature).ToHashSet(StringComparer.Ordinal);
        foreach (var entry in Abi(contract).Where(entry => entry.GetProperty("type").GetString() == "event"))
        {
            var name = entry.GetProperty("name").GetString()!;
            if (!NotMirrored.Contains(name, StringComparer.Ordinal)) Assert.Contains(SignatureOf(entry), declared);
        }
    }

    [Fact]
    public void Every_declaration_is_an_event_of_a_contract_with_the_same_fields_indexed()
    {
        var known = new[] { "Escrow", "Staking", "Settlement", "Disputes" }
            .SelectMany(Abi)
            .Where(entry => entry.GetProperty("type").GetString() == "event")
            .GroupBy(SignatureOf, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.First().GetProperty("inputs").EnumerateArray().Count(input => input.GetProperty("indexed").GetBoolean()), StringComparer.Ordinal);
        foreach (var table in Indexer.Events.All)
            Assert.Equal(known[table.Signature], table.Declaration.Split(" indexed ").Length - 1);
    }

    [Fact]
    public async Task Every_event_has_a_table_with_its_columns()
    {
        await using var connection = await postgres.DataSource.OpenConnectionAsync();
        foreach (var table in Indexer.Events.All)
        {
            await using var copy = await connection.BeginBinaryImportAsync(table.CopyCommand);
            await copy.CompleteAsync();
        }
        Assert.Equal(
            Indexer.Events.All.Select(table => table.Table).Order(StringComparer.Ordinal),
            await connection.QueryAsync<string>("""
                select distinct 'chain.' || table_name collate "C"
                from information_schema.columns
                where table_schema = 'chain' and column_name = 'log_index' and table_name in (select tablename from pg_tables where schemaname = 'chain')
                order by 1
                """));
    }

    static JsonElement[] Abi(string contract) =>
        [.. JsonDocument.Parse(File.ReadAllText(Path.Combine(Root(), "contracts/abi", contract + ".json"))).RootElement.GetProperty("abi").EnumerateArray()];

    static string SignatureOf(JsonElement entry) => entry.GetProperty("name").GetString() + Types(entry.GetProperty("inputs"));

    static string Types(JsonElement fields) => "(" + string.Join(',', fields.EnumerateArray().Select(field => field.TryGetProperty("components", out var parts) ? Types(parts) + field.GetProperty("type").GetString()!["tuple".Length..] : field.GetProperty("type").GetString())) + ")";

    static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "ProofMesh.slnx"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
