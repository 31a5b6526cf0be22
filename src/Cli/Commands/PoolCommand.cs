using System.CommandLine;
using System.Globalization;
using ProofMesh.Chain;
using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;

namespace ProofMesh.Cli;

/// <summary>proofmesh provider pool: several wallets share what one provider earns.</summary>
static class PoolCommand
{
    const uint Whole = 10_000;

    public static Command Create()
    {
        var provider = new Argument<string?>("provider") { Description = "Another provider than the wallet.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("pool", "Share what a provider earns: who has which share, and what is proposed.") { provider, Propose(), Accept(), Apply(), Collect() };
        command.Act(async (given, party, stop) =>
        {
            var view = await View(await party.Reader(stop), party.Rail, given.GetValue(provider) is { } text ? Amount.Account(text) : party.Wallet.Address, stop);
            return given.AsJson() ? Output.Json(view, CliJson.Default.PoolView) : Output.Lines(Told(view, party));
        });
        return command;
    }

    static Command Propose()
    {
        var members = new Argument<string[]>("members") { Description = "Each wallet with its share in percent, such as 0x…=62.5; none ends the pool.", Arity = ArgumentArity.ZeroOrMore };
        var end = new Option<bool>("--end") { Description = "Propose to end the pool." };
        var command = new Command("propose", "Propose to share what the wallet earns. Each member accepts, then anybody applies it after two days.") { members, end };
        command.Validators.Add(result => { if (result.GetValue(members) is { Length: > 0 } == result.GetValue(end)) result.AddError("Name the members or --end, one of them."); });
        command.Act(async (given, party, stop) =>
        {
            var shares = Array.ConvertAll(given.GetValue(members) ?? [], Share);
            var sum = shares.Sum(member => member.BasisPoints);
            if (shares.Length > 0 && sum != Whole) throw new CommandException($"The shares sum up to {Percent((uint)sum)}: they must be 100 % in all.");
            if (shares.DistinctBy(member => member.Wallet).Count() != shares.Length) throw new CommandException("A wallet is named twice.");
            var escrow = new EscrowContract(await party.Sender(stop), party.Rail.Escrow);
            var mined = await escrow.ProposePoolAsync(shares, stop);
            return Sent(mined, await View(escrow.Web3, party.Rail, party.Wallet.Address, stop), party, given.AsJson());
        });
        return command;
    }

    static Command Accept()
    {
        var provider = new Argument<string>("provider") { Description = "Whose earnings are to be shared." };
        var share = new Option<string>("--share") { Description = "The share in percent that you agree to; another one is refused.", Required = true };
        var command = new Command("accept", "Agree to the wallet's share in a pool that a provider proposed.") { provider, share };
        command.Act(async (given, party, stop) =>
        {
            var (owner, agreed) = (Amount.Account(given.GetValue(provider)!), BasisPoints(given.GetValue(share)!));
            var escrow = new EscrowContract(await party.Sender(stop), party.Rail.Escrow);
            var proposed = await Proposed(escrow.Web3, party.Rail, owner, stop) ?? throw new CommandException($"{owner} proposes no pool.");
            var mine = proposed.Members.FirstOrDefault(member => member.Wallet == party.Wallet.Address) ?? throw new CommandException($"{party.Wallet.Address} is no member of the pool that {owner} proposes.");
            if (mine.BasisPoints != agreed) throw new CommandException($"{owner} proposes {Percent(mine.BasisPoints)} for {party.Wallet.Address}, not {Percent(agreed)}.");
            // The pool's name stands for its shares: if they change on the way, this is refused.
            var mined = await escrow.AcceptPoolAsync(owner, proposed.Pool, stop);
            return Sent(mined, await View(escrow.Web3, party.Rail, owner, stop), party, given.AsJson());
        });
        return command;
    }

    static Command Apply()
    {
        var provider = new Argument<string?>("provider") { Description = "Another provider than the wallet.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("apply", "Put a proposal into effect that each member accepted, after its delay. Anybody may.") { provider };
        command.Act(async (given, party, stop) =>
        {
            var owner = given.GetValue(provider) is { } text ? Amount.Account(text) : party.Wallet.Address;
            var escrow = new EscrowContract(await party.Sender(stop), party.Rail.Escrow);
            var proposed = await Proposed(escrow.Web3, party.Rail, owner, stop) ?? throw new CommandException($"{owner} proposes no pool.");
            foreach (var member in proposed.Members)
                if (!await escrow.HasAcceptedAsync(proposed.Pool, member.Wallet, stop: stop)) throw new CommandException($"{member.Wallet} has not accepted its share of {Percent(member.BasisPoints)} yet.");
            var now = (await escrow.Web3.Eth.GetBlockByNumberAsync(stop: stop))?.Timestamp ?? 0;
            if (now < proposed.ReadyAt) throw new CommandException($"It can't be applied before {Exits.Time(new Exit(default, proposed.ReadyAt))}.");
            var mined = await escrow.ApplyPoolAsync(owner, proposed.Members, stop);
            return Sent(mined, await View(escrow.Web3, party.Rail, owner, stop), party, given.AsJson());
        });
        return command;
    }

    static Command Collect()
    {
        var provider = new Argument<string>("provider") { Description = "Whose earnings are shared." };
        var to = new Option<string?>("--to") { Description = "Another address than the wallet's." };
        var command = new Command("collect", "Divide what a provider has earned, and take out all that the wallet has, its share in this.") { provider, to };
        command.Act(async (given, party, stop) =>
        {
            var (owner, target) = (Amount.Account(given.GetValue(provider)!), given.GetValue(to) is { } text ? Amount.Account(text) : party.Wallet.Address);
            var escrow = new EscrowContract(await party.Sender(stop), party.Rail.Escrow);
            if (!(await escrow.PoolOfAsync(owner, stop: stop)).Undivided.IsZero) await escrow.DivideAsync(owner, stop);
            var earned = await escrow.EarnedOfAsync(party.Wallet.Address, stop: stop);
            if (earned.IsZero) throw new CommandException($"{party.Wallet.Address} has nothing to collect: what {owner} earned shows here once it is settled.");
            var mined = await escrow.CollectAsync(target, earned, stop);
            return given.AsJson()
                ? Output.Json(new SentView(mined.TransactionHash, mined.BlockNumber, earned, target), CliJson.Default.SentView)
                : Output.Lines(("collected", $"{party.Show(earned)} to {target}"), ("transaction", mined.TransactionHash.ToString()));
        });
        return command;
    }

    static async Task<PoolView> View(Web3 web3, Rail rail, Address provider, CancellationToken stop)
    {
        var escrow = new EscrowContract(web3, rail.Escrow);
        var (members, undivided) = await escrow.PoolOfAsync(provider, stop: stop);
        var proposed = await Proposed(web3, rail, provider, stop);
        var accepted = new List<Address>();
        foreach (var member in proposed?.Members ?? [])
            if (await escrow.HasAcceptedAsync(proposed!.Pool, member.Wallet, stop: stop)) accepted.Add(member.Wallet);
        return new(provider, members, undivided, proposed is null ? null : new(proposed.Pool, proposed.Members, [.. accepted], proposed.ReadyAt));
    }

    // The contract keeps the name of a proposal alone; its event says what stands behind it.
    static async Task<PoolProposedEvent?> Proposed(Web3 web3, Rail rail, Address provider, CancellationToken stop)
    {
        var (pool, _) = await new EscrowContract(web3, rail.Escrow).ProposedPoolOfAsync(provider, stop: stop);
        if (pool.IsZero) return null;
        var proposed = (await Logs.About(web3, rail.Escrow, provider, [PoolProposedEvent.Topic], stop)).Select(EscrowContract.DecodeEvent).OfType<PoolProposedEvent>();
        return proposed.LastOrDefault(one => one.Pool == pool);
    }

    static int Sent(TransactionReceipt mined, PoolView view, Party party, bool json) => json
        ? Output.Json(view with { Transaction = mined.TransactionHash }, CliJson.Default.PoolView)
        : Output.Lines([.. Told(view, party), ("transaction", mined.TransactionHash.ToString())]);

    static IEnumerable<(string Name, string Value)> Told(PoolView view, Party party) =>
    [
        ("provider", view.Provider.ToString()),
        .. view.Members.Select(member => ("member", $"{member.Wallet} {Percent(member.BasisPoints)}")),
        view.Members.Length == 0 ? ("pool", "none: what it earns is its own") : ("undivided", party.Show(view.Undivided)),
        .. view.Proposed is not { } next ? [] : (IEnumerable<(string, string)>)
        [
            ("proposed", next.Members.Length == 0 ? "to end the pool" : "to share"),
            .. next.Members.Select(member => ("", $"{member.Wallet} {Percent(member.BasisPoints)}{(next.Accepted.Contains(member.Wallet) ? ", accepted" : "")}")),
            ("from", Exits.Time(new Exit(default, next.ReadyAt))),
        ],
    ];

    static Member Share(string text) => text.Split('=') is [var wallet, var share]
        ? new(Amount.Account(wallet), (ushort)BasisPoints(share))
        : throw new CommandException($"'{Output.Plain(text)}' is no share: write a wallet, =, and percent, such as 0x…=62.5.");

    static uint BasisPoints(string text) =>
        decimal.TryParse(text.TrimEnd('%', ' '), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) && percent is > 0 and <= 100 && decimal.IsInteger(percent * 100)
            ? (uint)(percent * 100)
            : throw new CommandException($"'{Output.Plain(text)}' is no share: percent with at most two digits after the point, such as 62.5.");

    static string Percent(uint basisPoints) => string.Create(CultureInfo.InvariantCulture, $"{basisPoints / 100m} %");
}
