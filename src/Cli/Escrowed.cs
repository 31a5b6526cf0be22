using ProofMesh.Chain;
using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;

namespace ProofMesh.Cli;

/// <summary>Moves a wallet's USDT into escrow.</summary>
static class Escrowed
{
    /// <exception cref="CommandException">The wallet has less than that.</exception>
    public static async Task<TransactionReceipt> Deposit(Web3 wallet, Rail rail, TokenAmount amount, CancellationToken stop)
    {
        await Covers(wallet, rail, amount, "to be deposited", stop);
        await Allowance.Ensure(wallet, rail.Token, rail.Escrow, amount, stop);
        return await new EscrowContract(wallet, rail.Escrow).DepositAsync(amount, stop);
    }

    /// <summary>Tokens in the wallet itself.</summary>
    public static Task<TokenAmount> Held(Web3 web3, Rail rail, Address owner, CancellationToken stop) =>
        new TestTetherContract(web3, rail.Token).BalanceOfAsync(owner, stop: stop);

    /// <exception cref="CommandException">The wallet has less than that.</exception>
    public static async Task Covers(Web3 wallet, Rail rail, TokenAmount amount, string purpose, CancellationToken stop)
    {
        var owner = wallet.Account!.Address;
        var held = await Held(wallet, rail, owner, stop);
        if (held < amount) throw new CommandException($"{owner} holds {held.ToTokens(rail.Decimals)} {rail.Symbol}, {amount.ToTokens(rail.Decimals)} are {purpose}.");
    }
}
