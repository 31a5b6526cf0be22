using System.CommandLine;
using ProofMesh.Chain;
using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;

namespace ProofMesh.Cli;

/// <summary>proofmesh audit auditor: the bond of those who judge challenges.</summary>
static class AuditorCommand
{
    public static Command Create()
    {
        var address = new Argument<string?>("address") { Description = "Another auditor than the wallet.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("auditor", "Judge challenges for a share: an auditor's bond and seats.") { address, Enroll(), Retire(), Withdraw() };
        command.Act(async (given, party, stop) =>
            await Shown(await Reporter.Disputes(await party.Reader(stop), party.Rail, stop), given.GetValue(address) is { } text ? Amount.Account(text) : party.Wallet.Address, null, party, given.AsJson(), stop));
        return command;
    }

    static Command Enroll()
    {
        var bond = new Option<string?>("--bond") { Description = "Whole tokens that the bond shall have in all. [default: the least]" };
        var command = new Command("enroll", "Bond tokens, to be drawn for challenges from then on. Safe to repeat.") { bond };
        command.Act(async (given, party, stop) =>
        {
            var web3 = await party.Sender(stop);
            var disputes = await Reporter.Disputes(web3, party.Rail, stop);
            var least = await disputes.AuditorBondAsync(stop: stop);
            var asked = Amount.ParseOptional(given.GetValue(bond), party.Rail) ?? least;
            if (asked < least) throw new CommandException($"The least bond is {party.Show(least)}.");
            var auditor = await disputes.AuditorOfAsync(party.Wallet.Address, stop: stop);
            var missing = TokenAmount.Difference(asked, auditor.Bond);
            if (missing.IsZero && auditor.EnrolledAt > 0) return await Shown(disputes, party.Wallet.Address, null, party, given.AsJson(), stop);
            await Escrowed.Covers(web3, party.Rail, missing, "to be bonded", stop);
            await Allowance.Ensure(web3, party.Rail.Token, disputes.Address, missing, stop);
            return await Shown(disputes, party.Wallet.Address, await disputes.EnrollAsync(missing, stop), party, given.AsJson(), stop);
        });
        return command;
    }

    static Command Retire()
    {
        var command = new Command("retire", "Be drawn no more. Where the wallet sits, it still has to vote.");
        command.Act(async (given, party, stop) =>
        {
            var disputes = await Reporter.Disputes(await party.Sender(stop), party.Rail, stop);
            if ((await disputes.AuditorOfAsync(party.Wallet.Address, stop: stop)).EnrolledAt == 0) throw new CommandException($"{party.Wallet.Address} isn't enrolled.");
            return await Shown(disputes, party.Wallet.Address, await disputes.RetireAsync(stop), party, given.AsJson(), stop);
        });
        return command;
    }

    static Command Withdraw()
    {
        var to = new Option<string?>("--to") { Description = "Another address than the wallet's." };
        var command = new Command("withdraw", "Take the bond out, after retiring and when the wallet sits on no panel.") { to };
        command.Act(async (given, party, stop) =>
        {
            var target = given.GetValue(to) is { } text ? Amount.Account(text) : party.Wallet.Address;
            var disputes = await Reporter.Disputes(await party.Sender(stop), party.Rail, stop);
            var auditor = await disputes.AuditorOfAsync(party.Wallet.Address, stop: stop);
            if (auditor.Bond.IsZero) throw new CommandException($"{party.Wallet.Address} has bonded nothing.");
            if (auditor.EnrolledAt != 0) throw new CommandException("Retire first: `proofmesh audit auditor retire`.");
            if (auditor.Seats != 0) throw new CommandException($"{party.Wallet.Address} sits on {auditor.Seats} panels that aren't resolved: `proofmesh audit challenge resolve ID` ends those whose time is over.");
            var mined = await disputes.WithdrawBondAsync(target, stop);
            return given.AsJson()
                ? Output.Json(new SentView(mined.TransactionHash, mined.BlockNumber, auditor.Bond, target), CliJson.Default.SentView)
                : Output.Lines(("withdrawn", $"{party.Show(auditor.Bond)} to {target}"), ("transaction", mined.TransactionHash.ToString()));
        });
        return command;
    }

    static async Task<int> Shown(DisputesContract disputes, Address address, TransactionReceipt? mined, Party party, bool json, CancellationToken stop)
    {
        var (auditor, least) = (await disputes.AuditorOfAsync(address, stop: stop), await disputes.AuditorBondAsync(stop: stop));
        var view = new AuditorView(address, auditor.Bond, auditor.EnrolledAt, auditor.Seats, least, mined?.TransactionHash);
        if (json) return Output.Json(view, CliJson.Default.AuditorView);
        return Output.Lines(
        [
            ("auditor", address.ToString()),
            ("bond", $"{party.Show(view.Bond)}, the least is {party.Show(least)}"),
            ("enrolled", view.EnrolledAt == 0 ? "no" : $"since {Exits.Time(new Exit(default, view.EnrolledAt))}"),
            ("seats", $"{view.Seats} open panels"),
            .. mined is null ? [] : (IEnumerable<(string, string)>)[("transaction", mined.TransactionHash.ToString())],
        ]);
    }
}
