using System.CommandLine;
using ProofMesh.Chain;
using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;

namespace ProofMesh.Cli;

/// <summary>proofmesh provider vault: stake that earns while it waits.</summary>
static class VaultCommand
{
    // Of what the vault would give now; less than that isn't taken.
    const uint LeastBasisPoints = 9_900;

    public static Command Create()
    {
        var command = new Command("vault", "Hold the stake in a vault: which there are, and where the wallet's stake is.") { Enter(), Leave() };
        command.Act(async (given, party, stop) =>
        {
            var view = await View(await party.Reader(stop), party, stop);
            return given.AsJson() ? Output.Json(view, CliJson.Default.VaultView) : Output.Lines(Told(view, party));
        });
        return command;
    }

    static Command Enter()
    {
        var number = new Argument<ushort>("vault") { Description = "The vault's number." };
        var command = new Command("enter", "Put the whole stake into a vault. Its worth can fall, and with it what may be claimed.") { number };
        command.Act(async (given, party, stop) =>
        {
            var (staking, vault) = (new StakingContract(await party.Sender(stop), party.Rail.Staking), given.GetValue(number));
            await Free(staking, party.Wallet.Address, inside: false, stop);
            var expected = await Ask(staking, StakingContract.EnterVaultData(vault, TokenAmount.Zero), stop);
            var mined = await staking.EnterVaultAsync(vault, Least(expected), stop);
            return await Sent(mined, party, given.AsJson(), stop);
        });
        return command;
    }

    static Command Leave()
    {
        var command = new Command("leave", "Take the whole stake out of its vault; it stays at stake.");
        command.Act(async (given, party, stop) =>
        {
            var staking = new StakingContract(await party.Sender(stop), party.Rail.Staking);
            await Free(staking, party.Wallet.Address, inside: true, stop);
            var expected = await Ask(staking, StakingContract.LeaveVaultData(TokenAmount.Zero), stop);
            var mined = await staking.LeaveVaultAsync(Least(expected), stop);
            return await Sent(mined, party, given.AsJson(), stop);
        });
        return command;
    }

    static async Task Free(StakingContract staking, Address provider, bool inside, CancellationToken stop)
    {
        var (vault, units, _) = await staking.PositionOfAsync(provider, stop: stop);
        if (inside && vault == 0) throw new CommandException("The stake is in no vault.");
        if (!inside && vault != 0) throw new CommandException($"The stake is in vault {vault}: `proofmesh provider vault leave` comes first.");
        if (units.IsZero) throw new CommandException("There is no stake: `proofmesh provider register` comes first.");
        if (!(await staking.UnbondingOfAsync(provider, stop: stop)).Total.IsZero) throw new CommandException("Some stake is unbonding: take it out first (`proofmesh provider withdraw`), then all can move together.");
    }

    // What the move would bring, by running it without sending it.
    static async Task<TokenAmount> Ask(StakingContract staking, byte[] call, CancellationToken stop) =>
        new AbiReader(await staking.Web3.Eth.CallAsync(new(staking.Address, call) { From = staking.Web3.Account!.Address }, stop: stop)).Amount();

    static TokenAmount Least(TokenAmount expected) => new(expected.Units / 10_000 * LeastBasisPoints + expected.Units % 10_000 * LeastBasisPoints / 10_000);

    static async Task<VaultView> View(Web3 web3, Party party, CancellationToken stop)
    {
        var (staking, provider) = (new StakingContract(web3, party.Rail.Staking), party.Wallet.Address);
        var (number, units, cost) = await staking.PositionOfAsync(provider, stop: stop);
        var logs = await web3.Eth.GetLogsAsync(new LogFilter { FromBlock = BlockParameter.Earliest, ToBlock = BlockParameter.Latest, Addresses = [party.Rail.Staking], Topics = [[VaultProposedEvent.Topic]] }, stop);
        var vaults = new List<OneVault>();
        foreach (var proposed in logs.Select(StakingContract.DecodeEvent).OfType<VaultProposedEvent>())
        {
            var openAt = (await staking.VaultAtAsync(proposed.Number, stop: stop)).OpenAt;
            vaults.Add(new(proposed.Number, proposed.Vault, openAt == ulong.MaxValue ? null : openAt));
        }
        return new(provider, number, units, cost, await staking.StakeOfAsync(provider, stop: stop), [.. vaults]);
    }

    static async Task<int> Sent(TransactionReceipt mined, Party party, bool json, CancellationToken stop)
    {
        var view = await View(await party.Reader(stop), party, stop);
        return json
            ? Output.Json(view with { Transaction = mined.TransactionHash }, CliJson.Default.VaultView)
            : Output.Lines([.. Told(view, party), ("transaction", mined.TransactionHash.ToString())]);
    }

    static IEnumerable<(string Name, string Value)> Told(VaultView view, Party party) =>
    [
        ("provider", view.Provider.ToString()),
        ("stake", view.Vault == 0 ? $"{party.Show(view.Stake)}, in no vault" : $"{view.Units} shares of vault {view.Vault}, bought for {party.Show(view.Cost)}, counting for {party.Show(view.Stake)}"),
        .. view.Vaults.Select(vault => ("vault", $"{vault.Number} {vault.Address} {(vault.OpenAt is { } at ? $"open from {Exits.Time(new Exit(default, at))} on" : "closed")}")),
    ];
}
