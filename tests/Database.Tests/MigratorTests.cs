using Dapper;
using Npgsql;
using ProofMesh.Database;
using ProofMesh.Testing;

namespace ProofMesh.Database_Tests;

public sealed class MigratorTests
{
    [Fact]
    public async Task A_migration_that_was_changed_after_it_was_applied_is_refused()
    {
        await using var postgres = new TestPostgres();
        await using var connection = await postgres.DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync("update migrations set digest = '\\x00' where number = 1");

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => Migrator.ApplyAsync(postgres.DataSource, CancellationToken.None));

        Assert.Contains("0001_domains.sql was changed", refusal.Message);
    }

    [Fact]
    public async Task Services_that_start_at_once_apply_each_migration_once()
    {
        await using var postgres = TestPostgres.Empty();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Migrator.ApplyAsync(postgres.DataSource, CancellationToken.None))));

        await using var connection = await postgres.DataSource.OpenConnectionAsync();
        var numbers = (await connection.QueryAsync<int>("select number from migrations order by number")).ToArray();
        Assert.Equal(1, numbers[0]);
        Assert.Equal(numbers.Distinct(), numbers);
    }

    [Fact]
    public async Task A_migrated_database_stays_as_it_is()
    {
        await using var postgres = new TestPostgres();
        await using var connection = await postgres.DataSource.OpenConnectionAsync();
        var before = await connection.QueryAsync<DateTime>("select applied_at from migrations order by number");

        await Migrator.ApplyAsync(postgres.DataSource, CancellationToken.None);

        Assert.Equal(before, await connection.QueryAsync<DateTime>("select applied_at from migrations order by number"));
    }

    [Theory]
    [InlineData("'\\x00'::address")]
    [InlineData("'\\x00'::bytes32")]
    [InlineData("'\\x00'::signature")]
    [InlineData("(-1)::amount")]
    [InlineData("340282366920938463463374607431768211456::amount")]
    [InlineData("18446744073709551616::uint64")]
    public async Task A_value_outside_its_domain_is_refused(string value)
    {
        await using var postgres = new TestPostgres();
        await using var connection = await postgres.DataSource.OpenConnectionAsync();

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync($"select {value}"));

        Assert.Equal(PostgresErrorCodes.CheckViolation, refusal.SqlState);
    }
}
