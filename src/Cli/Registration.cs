using ProofMesh.Chain;
using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;

namespace ProofMesh.Cli;

/// <summary>What makes a wallet a provider: a stake, and a node key that proves possession.</summary>
static class Registration
{
    /// <summary>Stakes what is missing to <paramref name="stake"/> and adds the node; safe to repeat.</summary>
    /// <exception cref="CommandException">The key belongs to another provider.</exception>
    public static async Task Register(Web3 wallet, Rail rail, TokenAmount stake, Account node, CancellationToken stop)
    {
        var provider = wallet.Account!.Address;
        var staking = new StakingContract(wallet, rail.Staking);
        var staked = await staking.StakeOfAsync(provider, stop: stop);
        if (staked < stake)
        {
            await Allowance.Ensure(wallet, rail.Token, rail.Staking, stake - staked, stop);
            await staking.StakeAsync(stake - staked, stop);
        }
        var owner = await staking.ProviderOfAsync(node.Address, stop: stop);
        if (owner == provider) return;
        if (!owner.IsZero) throw new CommandException($"Node key {node.Address} belongs to {owner} for ever: make a new one.");
        await staking.AddNodeAsync(node.Address, node.Sign(new NodeKey(provider, node.Address).Digest(rail)), stop);
    }
}

/// <summary>ERC-20 allowances, with the detour that Tether asks for.</summary>
static class Allowance
{
    /// <summary>Lets <paramref name="spender"/> take at least so much: USDT changes an allowance only from or to zero.</summary>
    public static async Task Ensure(Web3 wallet, Address token, Address spender, TokenAmount amount, CancellationToken stop)
    {
        var tether = new TestTetherContract(wallet, token);
        var allowed = await tether.AllowanceAsync(wallet.Account!.Address, spender, stop: stop);
        if (allowed >= (System.Numerics.BigInteger)amount.Units) return;
        if (!allowed.IsZero) await tether.ApproveAsync(spender, TokenAmount.Zero, stop);
        await tether.ApproveAsync(spender, amount, stop);
    }
}
