using ProofMesh.Database;

namespace ProofMesh.Database_Tests;

public sealed class PostgresOptionsTests
{
    [Theory]
    [InlineData("", "is empty")]
    [InlineData("Database=x", "names no Host")]
    [InlineData("Colour=blue", "can't be read")]
    public void A_connection_string_that_leads_nowhere_is_named(string text, string message) =>
        Assert.Contains(message, Assert.Single(new PostgresOptions { ConnectionString = text }.Faults()));

    [Fact]
    public void The_defaults_need_an_address_alone() =>
        Assert.Empty(new PostgresOptions { ConnectionString = "Host=127.0.0.1;Database=proofmesh" }.Faults());
}
