using System.CommandLine;
using ProofMesh.Chain.Contracts;

namespace ProofMesh.Cli;

/// <summary>proofmesh withdraw: takes out of the escrow what has thawed.</summary>
static class WithdrawCommand
{
    public static Command Create()
    {
        var to = new Option<string?>("--to") { Description = "Another address than the wallet's." };
        var command = new Command("withdraw", "Take out of the escrow what has thawed.") { to };
        command.Act(async (given, party, stop) =>
        {
            var target = given.GetValue(to) is { } text ? Amount.Account(text) : party.Wallet.Address;
            var web3 = await party.Sender(stop);
            var escrow = new EscrowContract(web3, party.Rail.Escrow);
            var amount = await Exits.Ready(web3, await escrow.ThawsOfAsync(party.Wallet.Address, stop: stop), "thaw AMOUNT", stop);
            var receipt = await escrow.WithdrawAsync(target, stop);
            return given.AsJson()
                ? Output.Json(new SentView(receipt.TransactionHash, receipt.BlockNumber, amount, target), CliJson.Default.SentView)
                : Output.Lines(("withdrawn", $"{party.Show(amount)} to {target}"), ("transaction", receipt.TransactionHash.ToString()));
        });
        return command;
    }
}
