using System.CommandLine;
using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;

namespace ProofMesh.Cli;

/// <summary>proofmesh audit report and collect: has a fraud punished, and takes the reporter's share.</summary>
static class ReportCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("files") { Description = "What the node signed: signed receipts and statements, published receipts, published batches.", Arity = ArgumentArity.OneOrMore };
        var dry = new Option<bool>("--dry-run") { Description = "Say what the files prove, and send nothing." };
        var command = new Command("report", "Have a fraud punished: finds what the files prove, announces it, and reports it some blocks later. Safe to repeat.") { files, dry };
        command.Act(async (given, party, stop) =>
        {
            var report = Report.Find(Evidence.Read(given.GetValue(files)!), party.Rail) ?? throw new CommandException("These files prove no fraud: no two receipts or statements for one sequence, no impossible receipt, no leaf that isn't its receipt.");
            if (given.GetValue(dry)) return Tell(new(report.Offence.ToString(), report.Node, report.Sequence, report.Says), party, given.AsJson());
            var reporter = new Reporter(await party.Sender(stop), party.Rail, Console.Error.WriteLine);
            var (punished, slashed, mined) = await reporter.Send(report, stop);
            return Tell(new(report.Offence.ToString(), report.Node, report.Sequence, report.Says, punished.Provider, punished.Taken, slashed.ToPayer, slashed.ToReporter, mined.TransactionHash), party, given.AsJson());
        });
        return command;
    }

    public static Command Collect()
    {
        var to = new Option<string?>("--to") { Description = "Another address than the wallet's." };
        var vault = new Option<ushort>("--vault") { Description = "The vault that the provider's stake was in. [default: none]" };
        var command = new Command("collect", "Take out what slashes gave to the wallet, as reporter, payer or auditor.") { to, vault };
        command.Act(async (given, party, stop) =>
        {
            var target = given.GetValue(to) is { } text ? Amount.Account(text) : party.Wallet.Address;
            var staking = new StakingContract(await party.Sender(stop), party.Rail.Staking);
            var amount = await staking.CompensationOfAsync(party.Wallet.Address, given.GetValue(vault), stop: stop);
            if (amount.IsZero) throw new CommandException($"Slashes gave {party.Wallet.Address} nothing that is still to be collected{(given.GetValue(vault) == 0 ? "" : $" in vault {given.GetValue(vault)}")}.");
            var mined = await staking.CollectCompensationAsync(target, given.GetValue(vault), stop);
            return given.AsJson()
                ? Output.Json(new SentView(mined.TransactionHash, mined.BlockNumber, amount, target), CliJson.Default.SentView)
                : Output.Lines(("collected", $"{party.Show(amount)} to {target}"), ("transaction", mined.TransactionHash.ToString()));
        });
        return command;
    }

    static int Tell(ReportView view, Party party, bool json) => json ? Output.Json(view, CliJson.Default.ReportView) : Output.Lines(Lines(view, party));

    static IEnumerable<(string Name, string Value)> Lines(ReportView view, Party party)
    {
        yield return ("offence", $"{view.Offence}: {view.Says}");
        if (view is not { Provider: { } provider, Transaction: { } transaction }) yield break;
        yield return ("punished", $"{provider} lost {party.Show(view.Taken ?? default)}");
        yield return ("to the payer", party.Show(view.ToPayer ?? default));
        yield return ("to the wallet", $"{party.Show(view.ToReporter ?? default)}; `proofmesh audit collect` takes it out");
        yield return ("transaction", transaction.ToString());
    }
}
