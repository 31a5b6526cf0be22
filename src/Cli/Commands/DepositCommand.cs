using System.CommandLine;

namespace ProofMesh.Cli;

/// <summary>proofmesh deposit: from the wallet into escrow.</summary>
static class DepositCommand
{
    public static Command Create()
    {
        var amount = new Argument<string>("amount") { Description = "Whole tokens, such as 12.5." };
        var command = new Command("deposit", "Move tokens of the wallet into escrow, from where requests are paid.") { amount };
        command.Act(async (given, party, stop) =>
        {
            var units = Amount.Parse(given.GetValue(amount)!, party.Rail);
            var receipt = await Escrowed.Deposit(await party.Sender(stop), party.Rail, units, stop);
            return given.AsJson()
                ? Output.Json(new SentView(receipt.TransactionHash, receipt.BlockNumber, units), CliJson.Default.SentView)
                : Output.Lines(("deposited", party.Show(units)), ("transaction", receipt.TransactionHash.ToString()));
        });
        return command;
    }
}
