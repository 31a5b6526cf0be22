using System.Globalization;
using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;

namespace ProofMesh.Chain.Tests;

/// <summary>Protocol's checks against the contracts: the same messages, the same state, the same verdict for the same reason.</summary>
public sealed class VerdictTests(ITestOutputHelper output)
{
    /// <summary>A contract's fault is Protocol's of the same name; this is the whole table.</summary>
    [Theory]
    [InlineData(typeof(ContractGrantFault), typeof(GrantFault))]
    [InlineData(typeof(ContractClaimFault), typeof(ClaimFault))]
    [InlineData(typeof(ContractStatementFault), typeof(StatementFault))]
    [InlineData(typeof(ContractReceiptFault), typeof(ReceiptFault))]
    public void Every_fault_of_the_contracts_has_its_name_in_the_protocol(Type contract, Type protocol) =>
        Assert.Subset(Enum.GetNames(protocol).ToHashSet(), Enum.GetNames(contract).ToHashSet());

    /// <summary>PROOFMESH_VERDICT_CASES and PROOFMESH_VERDICT_SEED choose other ones; the nightly script does.</summary>
    [Fact]
    public async Task Checks_and_contracts_give_the_same_verdict_for_the_same_reason()
    {
        var (cases, seed) = (Given("PROOFMESH_VERDICT_CASES", 20_000), Given("PROOFMESH_VERDICT_SEED", 1));
        var (dice, tally) = (new Dice(seed), new Tally(seed));
        await using var cast = await Cast.GatherAsync(dice);

        await new Rounds(dice, cast, tally).RunAsync(cases);

        output.WriteLine(tally.ToString());
        if (cases >= 5_000) tally.AssertCovered();
    }

    static int Given(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
