using System.CommandLine;
using ProofMesh.Chain.Contracts;

namespace ProofMesh.Cli;

/// <summary>proofmesh grant: lets the gateway pay nodes from the wallet's escrow, up to a cap, for a time.</summary>
static class GrantCommand
{
    public static Command Create()
    {
        var cap = new Option<string?>("--cap") { Description = "Whole tokens that may be spent in all. [default: what the gateway suggests]" };
        var days = new Option<double?>("--days") { Description = "How long it holds. [default: what the gateway suggests]" };
        var command = new Command("grant", "Let the gateway pay from escrow: one signature, no transaction.") { cap, days, Revoke() };
        command.Act(async (given, party, stop) =>
        {
            var (most, until) = (Amount.ParseOptional(given.GetValue(cap), party.Rail), Amount.InDays(given.GetValue(days)));
            var grant = await (await party.Mesh(stop)).Account.GrantAsync(most, until, party.Rail, stop);
            return given.AsJson()
                ? Output.Json(grant, CliJson.Default.Grant)
                : Output.Lines(("spender", grant.Spender.ToString()), ("cap", party.Show(grant.Cap)), ("until", $"{DateTimeOffset.FromUnixTimeSeconds((long)grant.ValidUntil).ToLocalTime():yyyy-MM-dd HH:mm:ss}"));
        });
        return command;
    }

    static Command Revoke()
    {
        var command = new Command("revoke", "End all grants of the wallet by a transaction; it takes effect after the thaw period.");
        command.Act(async (given, party, stop) =>
        {
            var receipt = await new EscrowContract(await party.Sender(stop), party.Rail.Escrow).RevokeGrantsAsync(stop);
            return given.AsJson()
                ? Output.Json(new SentView(receipt.TransactionHash, receipt.BlockNumber), CliJson.Default.SentView)
                : Output.Lines(("revoked", "all grants of the wallet"), ("transaction", receipt.TransactionHash.ToString()));
        });
        return command;
    }
}
