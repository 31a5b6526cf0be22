using System.CommandLine;
using ProofMesh.Chain.Contracts;

namespace ProofMesh.Cli;

/// <summary>proofmesh thaw: announces that money is to leave the escrow, so that nodes can claim first what they served for.</summary>
static class ThawCommand
{
    public static Command Create()
    {
        var amount = new Argument<string?>("amount") { Description = "Whole tokens, such as 12.5.", Arity = ArgumentArity.ZeroOrOne };
        var cancel = new Option<bool>("--cancel") { Description = "Keep in escrow what is thawing." };
        var command = new Command("thaw", "Announce that tokens are to leave the escrow; `withdraw` takes them out after the thaw period.") { amount, cancel };
        command.Validators.Add(result => { if (result.GetValue(amount) is null != result.GetValue(cancel)) result.AddError("Give an amount or --cancel, one of them."); });
        command.Act((given, party, stop) => given.GetValue(cancel) ? Cancel(party, given.AsJson(), stop) : Thaw(party, given.GetValue(amount)!, given.AsJson(), stop));
        return command;
    }

    static async Task<int> Thaw(Party party, string text, bool json, CancellationToken stop)
    {
        var amount = Amount.Parse(text, party.Rail);
        var web3 = await party.Sender(stop);
        var escrow = new EscrowContract(web3, party.Rail.Escrow);
        var account = await escrow.AccountOfAsync(party.Wallet.Address, stop: stop);
        var free = Protocol.TokenAmount.Difference(account.Balance, account.Thawing);
        if (free < amount) throw new CommandException($"{party.Show(free)} in escrow can thaw, {party.Show(amount)} are asked for.");
        var receipt = await escrow.ThawAsync(amount, stop);
        var thaws = await escrow.ThawsOfAsync(party.Wallet.Address, stop: stop);
        return json
            ? Output.Json(new SentView(receipt.TransactionHash, receipt.BlockNumber, amount), CliJson.Default.SentView)
            : Output.Lines([("thawing", party.Show(amount)), .. thaws.Select(exit => ("ready", $"{party.Show(exit.Amount)} at {Exits.Time(exit)}")), ("transaction", receipt.TransactionHash.ToString())]);
    }

    static async Task<int> Cancel(Party party, bool json, CancellationToken stop)
    {
        var receipt = await new EscrowContract(await party.Sender(stop), party.Rail.Escrow).CancelThawAsync(stop);
        return json
            ? Output.Json(new SentView(receipt.TransactionHash, receipt.BlockNumber), CliJson.Default.SentView)
            : Output.Lines(("transaction", receipt.TransactionHash.ToString()));
    }
}
