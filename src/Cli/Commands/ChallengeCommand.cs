using System.CommandLine;
using System.Numerics;
using ProofMesh.Chain;
using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;

namespace ProofMesh.Cli;

/// <summary>proofmesh audit challenge: has a panel of bonded auditors judge whether an answer was made as its receipt says.</summary>
static class ChallengeCommand
{
    public static Command Create()
    {
        var id = Id();
        var command = new Command("challenge", "A bonded challenge of a settled receipt: how it stands, and each of its steps.") { id, Open(), Answer(), Draw(), Vote(), Reveal(), Resolve(), Collect() };
        command.Act(async (given, party, stop) => await Shown(await Reporter.Disputes(await party.Reader(stop), party.Rail, stop), given.GetValue(id), null, party, given.AsJson(), stop));
        return command;
    }

    static Command Open()
    {
        var file = new Argument<string>("file") { Description = "The published receipt (JSON) that is challenged." };
        var (evidence, location) = Shows();
        var bond = new Option<string?>("--bond") { Description = "Whole tokens to bond. [default: the least]" };
        var command = new Command("open", "Challenge a settled receipt: announces it, and opens it some blocks later. Costs half of the bond when it is acquitted.") { file, evidence, location, bond };
        command.Act(async (given, party, stop) =>
        {
            var published = Evidence.Published(given.GetValue(file)!);
            var (web3, proof) = (await party.Sender(stop), published.Proof);
            var disputes = await Reporter.Disputes(web3, party.Rail, stop);
            var least = await disputes.ChallengeBondAsync(stop: stop);
            var amount = Amount.ParseOptional(given.GetValue(bond), party.Rail) ?? least;
            if (amount < least) throw new CommandException($"The least bond is {party.Show(least)}.");
            if (await new SettlementContract(web3, party.Rail.Settlement).SettledAtAsync(published.Node, proof.Statement.Statement, stop: stop) == 0) throw new CommandException("The chain doesn't hold the statement of this receipt: only a settled receipt can be challenged.");
            await Escrowed.Covers(web3, party.Rail, amount, "to be bonded", stop);
            await Allowance.Ensure(web3, party.Rail.Token, disputes.Address, amount, stop);
            var call = DisputesContract.ChallengeData(proof.Receipt.Receipt, proof.Receipt.Signature, proof.Statement.Statement, proof.Path, amount, Hash(given.GetValue(evidence)!), given.GetValue(location)!);
            var mined = await new Reporter(web3, party.Rail, Console.Error.WriteLine).Send(call, disputes, stop);
            return await Shown(disputes, Logs.In<ChallengedEvent>(mined, DisputesContract.DecodeEvent).Id, mined, party, given.AsJson(), stop);
        });
        return command;
    }

    static Command Answer()
    {
        var id = Id();
        var (evidence, location) = Shows();
        return Step("answer", "Answer a challenge of your node's receipt, once, in its first phase.", id, [evidence, location], (given, disputes, _, stop) =>
            disputes.AnswerAsync(given.GetValue(id), Hash(given.GetValue(evidence)!), given.GetValue(location)!, stop));
    }

    static Command Draw()
    {
        var id = Id();
        return Step("draw", "Show the seed of the draw, or nominate those auditors whom it draws: what comes next. Anybody may; say it until the panel has five.", id, [], async (given, disputes, _, stop) =>
        {
            var challenge = await disputes.ChallengeOfAsync(given.GetValue(id), stop: stop);
            return challenge.Seed.IsZero ? await Seed(disputes, given.GetValue(id), challenge.SeedBlock, stop) : await Nominate(disputes, given.GetValue(id), challenge, stop);
        });
    }

    static Command Vote()
    {
        var id = Id();
        var verdict = new Argument<string>("verdict") { Description = "convict or acquit." };
        verdict.AcceptOnlyFromAmong("convict", "acquit");
        var command = Step("vote", "Commit to a vote, in the second phase. The vote is hidden until it is revealed.", id, [], (given, disputes, party, stop) =>
        {
            var ballot = new Ballot(disputes.Address, given.GetValue(id), given.GetValue(verdict) == "convict");
            return disputes.CommitVoteAsync(ballot.Id, ballot.Commitment(party.Wallet), stop);
        });
        command.Arguments.Add(verdict);
        return command;
    }

    static Command Reveal()
    {
        var id = Id();
        return Step("reveal", "Open the vote that was committed to, in the third phase.", id, [], async (given, disputes, party, stop) =>
        {
            var seat = (await disputes.PanelOfAsync(given.GetValue(id), stop: stop)).FirstOrDefault(seat => seat.Auditor == party.Wallet.Address) ?? throw new CommandException($"{party.Wallet.Address} sits not on this panel.");
            var ballots = new[] { true, false }.Select(convict => new Ballot(disputes.Address, given.GetValue(id), convict));
            var ballot = ballots.FirstOrDefault(ballot => ballot.Commitment(party.Wallet) == seat.Commitment) ?? throw new CommandException("This wallet has committed to no vote here, or by another program.");
            return await disputes.RevealVoteAsync(ballot.Id, ballot.Convict, ballot.Salt(party.Wallet), stop);
        });
    }

    static Command Resolve()
    {
        var id = Id();
        return Step("resolve", "End a challenge whose phases are over, or on which all have voted. Anybody may.", id, [], (given, disputes, _, stop) => disputes.ResolveAsync(given.GetValue(id), stop));
    }

    static Command Collect()
    {
        var to = new Option<string?>("--to") { Description = "Another address than the wallet's." };
        var command = new Command("collect", "Take out what challenges gave to the wallet: bonds that came back, and shares of others'.") { to };
        command.Act(async (given, party, stop) =>
        {
            var target = given.GetValue(to) is { } text ? Amount.Account(text) : party.Wallet.Address;
            var disputes = await Reporter.Disputes(await party.Sender(stop), party.Rail, stop);
            var credit = await disputes.CreditOfAsync(party.Wallet.Address, stop: stop);
            if (credit.IsZero) throw new CommandException($"Challenges gave {party.Wallet.Address} nothing that is still to be collected.");
            var mined = await disputes.CollectCreditAsync(target, stop);
            return given.AsJson()
                ? Output.Json(new SentView(mined.TransactionHash, mined.BlockNumber, credit, target), CliJson.Default.SentView)
                : Output.Lines(("collected", $"{party.Show(credit)} to {target}"), ("transaction", mined.TransactionHash.ToString()));
        });
        return command;
    }

    static async Task<TransactionReceipt> Seed(DisputesContract disputes, BigInteger id, ulong seedBlock, CancellationToken stop)
    {
        var head = await disputes.Web3.Eth.GetBlockNumberAsync(stop);
        if (head < seedBlock) throw new CommandException($"The seed is the randomness of block {seedBlock}, and the chain is at {head}.");
        // The chain knows the hashes of 256 blocks: an older seed is moved on.
        var header = head - seedBlock > 250 ? [] : await BlockHeader.ReadAsync(disputes.Web3, seedBlock, stop) ?? [];
        return await disputes.DrawSeedAsync(id, header, stop);
    }

    static async Task<TransactionReceipt> Nominate(DisputesContract disputes, BigInteger id, Challenge challenge, CancellationToken stop)
    {
        var logs = await disputes.Web3.Eth.GetLogsAsync(new LogFilter { FromBlock = BlockParameter.Earliest, ToBlock = BlockParameter.Latest, Addresses = [disputes.Address], Topics = [[AuditorEnrolledEvent.Topic]] }, stop);
        var scored = new List<(BigInteger Score, Address Auditor)>();
        foreach (var auditor in logs.Select(DisputesContract.DecodeEvent).OfType<AuditorEnrolledEvent>().Select(enrolled => enrolled.Auditor).Distinct())
            if (auditor != challenge.Provider && auditor != challenge.Challenger && auditor != challenge.Payer
                && await disputes.AuditorOfAsync(auditor, stop: stop) is { EnrolledAt: > 0 } known && known.EnrolledAt < challenge.OpenedAt)
                scored.Add((await disputes.ScoreOfAsync(id, auditor, stop: stop), auditor));
        var places = (int)await disputes.PanelAsync(stop: stop);
        var seated = (await disputes.PanelOfAsync(id, stop: stop)).Select(seat => seat.Auditor).ToHashSet();
        var next = scored.OrderBy(one => one.Score).Take(places).Where(one => !seated.Contains(one.Auditor)).ToArray();
        if (next.Length == 0) throw new CommandException(seated.Count < places ? $"Only {seated.Count} auditors can sit on this panel of {places}: without more it has no verdict." : "The panel is full, and nobody who isn't on it has a lower score.");
        return await disputes.NominateAsync(id, next[0].Auditor, stop);
    }

    static Command Step(string name, string description, Argument<BigInteger> id, Option[] options, Func<ParseResult, DisputesContract, Party, CancellationToken, Task<TransactionReceipt>> act)
    {
        var command = new Command(name, description) { id };
        foreach (var option in options) command.Options.Add(option);
        command.Act(async (given, party, stop) =>
        {
            var disputes = await Reporter.Disputes(await party.Sender(stop), party.Rail, stop);
            return await Shown(disputes, given.GetValue(id), await act(given, disputes, party, stop), party, given.AsJson(), stop);
        });
        return command;
    }

    static async Task<int> Shown(DisputesContract disputes, BigInteger id, TransactionReceipt? mined, Party party, bool json, CancellationToken stop)
    {
        if (id <= 0 || id > await disputes.ChallengesAsync(stop: stop)) throw new CommandException($"There is no challenge {id}.");
        var (found, panel, phase) = (await disputes.ChallengeOfAsync(id, stop: stop), await disputes.PanelOfAsync(id, stop: stop), await disputes.PhaseAsync(stop: stop));
        var view = new ChallengeView(id.ToString(System.Globalization.CultureInfo.InvariantCulture), found.Verdict.ToString(), found.Node, found.Provider, found.Sequence, found.Challenger, found.Bond, found.Answered,
            found.OpenedAt + phase, found.OpenedAt + 2 * phase, found.OpenedAt + 3 * phase, found.SeedBlock, !found.Seed.IsZero, [.. panel.Select(seat => new SeatView(seat.Auditor, seat.Vote.ToString()))], mined?.TransactionHash);
        if (json) return Output.Json(view, CliJson.Default.ChallengeView);
        return Output.Lines(
        [
            ("challenge", $"{view.Id} of receipt {view.Sequence} of node {view.Node}, whose provider is {view.Provider}"),
            ("by", $"{view.Challenger}, who bonded {party.Show(view.Bond)}"),
            ("verdict", view.Verdict),
            ("answered", view.Answered ? "yes" : "no"),
            ("draw until", Time(view.VoteFrom)),
            ("vote until", Time(view.RevealFrom)),
            ("reveal until", Time(view.ResolveFrom)),
            ("seed", view.Drawn ? "drawn" : $"of block {view.SeedBlock}"),
            .. view.Panel.Select(seat => ("seat", $"{seat.Auditor} {seat.Vote}")),
            .. mined is null ? [] : (IEnumerable<(string, string)>)[("transaction", mined.TransactionHash.ToString())],
        ]);
    }

    static string Time(ulong at) => Exits.Time(new Exit(default, at));

    static Argument<BigInteger> Id() => new("id")
    {
        Description = "The challenge's number.",
        CustomParser = result =>
        {
            if (BigInteger.TryParse(result.Tokens[0].Value, out var id)) return id;
            result.AddError($"'{Output.Plain(result.Tokens[0].Value)}' is no number of a challenge.");
            return default;
        },
    };

    static (Option<string> Evidence, Option<string> Location) Shows() => (
        new("--evidence") { Description = "The file that you show, or its Keccak-256.", Required = true },
        new("--location") { Description = "Where it can be had.", Required = true });

    static Bytes32 Hash(string evidence) => Bytes32.TryParse(evidence, out var hash) ? hash
        : File.Exists(evidence) ? Keccak256.Hash(File.ReadAllBytes(evidence))
        : throw new CommandException($"There is no file {Output.Plain(evidence)}, and it is no hash.");
}
