using System.CommandLine;
using System.Text;
using ProofMesh.Chain;
using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;

namespace ProofMesh.Cli;

/// <summary>proofmesh provider: stake, nodes and earnings of who serves.</summary>
static class ProviderCommand
{
    public static Command Create() => new("provider", "Serve: stake, nodes, earnings.") { Register(), Status(), Collect(), Unstake(), Withdraw(), PoolCommand.Create(), VaultCommand.Create() };

    static Command Register()
    {
        var node = new Option<string>("--node-key") { Description = "The node's key; made, mode 600, where there is none.", HelpName = "FILE", Required = true };
        var stake = new Option<string?>("--stake") { Description = "Whole tokens that the stake shall have. [default: the least]" };
        var endpoint = new Option<string?>("--endpoint") { Description = "Where direct customers reach the node.", HelpName = "URL" };
        var command = new Command("register", "Stake, add a node's key, announce its endpoint. Safe to repeat.") { node, stake, endpoint };
        command.Act((given, party, stop) => Register(party, given.GetValue(node)!, Amount.ParseOptional(given.GetValue(stake), party.Rail), given.GetValue(endpoint), given.AsJson(), stop));
        return command;
    }

    static async Task<int> Register(Party party, string keyFile, TokenAmount? asked, string? endpoint, bool json, CancellationToken stop)
    {
        if (endpoint is not null) Profile.Url(endpoint, "--endpoint");
        var (web3, rail) = (await party.Sender(stop), party.Rail);
        var staking = new StakingContract(web3, rail.Staking);
        var least = await staking.MinimumStakeAsync(stop: stop);
        var stake = asked ?? least;
        if (stake < least) throw new CommandException($"The least stake is {party.Show(least)}.");
        if (endpoint is not null && Encoding.UTF8.GetByteCount(endpoint) > await staking.MostEndpointBytesAsync(stop: stop)) throw new CommandException("The endpoint is too long.");
        var staked = await staking.StakeOfAsync(party.Wallet.Address, stop: stop);
        await Escrowed.Covers(web3, rail, TokenAmount.Difference(stake, staked), "to be staked", stop);
        using var node = KeyFile.ReadOrMake(keyFile);
        await Registration.Register(web3, rail, stake, node, stop);
        if (endpoint is not null) await staking.AnnounceAsync(endpoint, "", stop);
        var view = new RegisteredView(party.Wallet.Address, node.Address, staked < stake ? stake : staked, endpoint);
        return json ? Output.Json(view, CliJson.Default.RegisteredView) : Output.Lines(("provider", view.Provider.ToString()), ("node", view.Node.ToString()), ("stake", party.Show(view.Stake)), ("endpoint", endpoint ?? "not announced"));
    }

    static Command Status()
    {
        var address = new Argument<string?>("address") { Description = "Another provider than the wallet.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("status", "Stake, nodes and reputation, as the chain has them.") { address };
        command.Act(async (given, party, stop) =>
        {
            var provider = given.GetValue(address) is { } text ? Amount.Account(text) : party.Wallet.Address;
            var view = await Standing.Of(await party.Reader(stop), party.Rail, provider, party.Settlement, stop);
            return given.AsJson() ? Output.Json(view, CliJson.Default.ProviderView) : Output.Lines(Standing.Told(view, party));
        });
        return command;
    }

    static Command Collect()
    {
        var to = new Option<string?>("--to") { Description = "Another address than the wallet's." };
        var command = new Command("collect", "Take out what was earned.") { to };
        command.Act(async (given, party, stop) =>
        {
            var target = given.GetValue(to) is { } text ? Amount.Account(text) : party.Wallet.Address;
            var escrow = new EscrowContract(await party.Sender(stop), party.Rail.Escrow);
            var earned = await escrow.EarnedOfAsync(party.Wallet.Address, stop: stop);
            if (earned.IsZero) throw new CommandException($"{party.Wallet.Address} has nothing to collect: what was served shows here once it is settled.");
            return Sent(await escrow.CollectAsync(target, earned, stop), "collected", earned, target, party, given.AsJson());
        });
        return command;
    }

    static Command Unstake()
    {
        var amount = new Argument<string>("amount") { Description = "Whole tokens, such as 12.5; shares, where the stake is in a vault." };
        var command = new Command("unstake", "Begin to take stake out; `provider withdraw` takes it after the unbonding period.") { amount };
        command.Act(async (given, party, stop) =>
        {
            var units = Amount.Parse(given.GetValue(amount)!, party.Rail);
            var staking = new StakingContract(await party.Sender(stop), party.Rail.Staking);
            // In a vault these are its shares.
            var (_, staked, _) = await staking.PositionOfAsync(party.Wallet.Address, stop: stop);
            if (staked < units) throw new CommandException($"{party.Show(staked)} are staked, {party.Show(units)} are asked for.");
            return Sent(await staking.UnstakeAsync(units, stop), "unbonding", units, null, party, given.AsJson());
        });
        return command;
    }

    static Command Withdraw()
    {
        var to = new Option<string?>("--to") { Description = "Another address than the wallet's." };
        var command = new Command("withdraw", "Take out the stake that has unbonded.") { to };
        command.Act(async (given, party, stop) =>
        {
            var target = given.GetValue(to) is { } text ? Amount.Account(text) : party.Wallet.Address;
            var web3 = await party.Sender(stop);
            var staking = new StakingContract(web3, party.Rail.Staking);
            var ready = await Exits.Ready(web3, (await staking.UnbondingOfAsync(party.Wallet.Address, stop: stop)).Exits, "provider unstake AMOUNT", stop);
            return Sent(await staking.WithdrawAsync(target, stop), "withdrawn", ready, target, party, given.AsJson());
        });
        return command;
    }

    static int Sent(TransactionReceipt receipt, string what, TokenAmount amount, Address? to, Party party, bool json) => json
        ? Output.Json(new SentView(receipt.TransactionHash, receipt.BlockNumber, amount, to), CliJson.Default.SentView)
        : Output.Lines((what, to is { } target ? $"{party.Show(amount)} to {target}" : party.Show(amount)), ("transaction", receipt.TransactionHash.ToString()));
}
