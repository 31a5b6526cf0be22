using ProofMesh.Chain;
using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;

namespace ProofMesh.Cli;

/// <summary>What the chain says of a provider.</summary>
static class Standing
{
    public static async Task<ProviderView> Of(Web3 web3, Rail rail, Address provider, string settlement, CancellationToken stop)
    {
        var staking = new StakingContract(web3, rail.Staking);
        var reputation = await new SettlementContract(web3, rail.Settlement).ReputationOfAsync(provider, stop: stop);
        var (earned, missing) = await Achieved.Of(web3, rail, provider, settlement, stop);
        var score = Score.Of(reputation.Points, earned ?? Achievements.None);
        return new(
            provider, await staking.IsActiveAsync(provider, stop: stop), await staking.StakeOfAsync(provider, stop: stop), await staking.MinimumStakeAsync(stop: stop),
            (await staking.UnbondingOfAsync(provider, stop: stop)).Total, await new EscrowContract(web3, rail.Escrow).EarnedOfAsync(provider, stop: stop),
            await Nodes(web3, rail, provider, stop),
            reputation.Completed, reputation.Tokens, reputation.Fees, reputation.Points, reputation.Slashes, score, Score.LevelOf(score).ToString(), earned?.ToString(), missing, rail.Symbol, rail.Decimals);
    }

    public static IEnumerable<(string Name, string Value)> Told(ProviderView view, Party party) =>
    [
        ("provider", view.Provider.ToString()),
        ("active", view.Active ? "yes" : $"no: the least stake is {party.Show(view.MinimumStake)}"),
        ("stake", party.Show(view.Stake)),
        ("unbonding", party.Show(view.Unbonding)),
        ("earned", party.Show(view.Earned)),
        .. view.Nodes.Select(node => ("node", node.ToString())),
        ("completed", $"{view.Completed} requests, {view.Tokens} tokens, {party.Show(view.Fees)}"),
        ("score", $"{view.Score} ({view.Level}): {view.Points} points on chain, {(view.Achievements is { } earned ? $"achievements: {earned}" : $"and its achievements, which aren't known: {view.AchievementsMissing}")}"),
        ("slashes", view.Slashes.ToString()),
    ];

    // Added and not retired since, in the order of the logs.
    static async Task<Address[]> Nodes(Web3 web3, Rail rail, Address provider, CancellationToken stop)
    {
        var logs = await Logs.About(web3, rail.Staking, provider, [NodeAddedEvent.Topic, NodeRetiredEvent.Topic], stop);
        var nodes = new List<Address>();
        foreach (var said in logs.Select(StakingContract.DecodeEvent))
            if (said is NodeAddedEvent added) nodes.Add(added.Node);
            else if (said is NodeRetiredEvent retired) nodes.Remove(retired.Node);
        return [.. nodes];
    }
}
