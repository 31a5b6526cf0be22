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
        var owner = wallet.Account!.Address;
        var held = await new TestTetherContract(wallet, rail.Token).BalanceOfAsync(owner, stop: stop);
        if (held < amount) throw new CommandException($"{owner} holds {held.ToTokens(rail.Decimals)} {rail.Symbol}, {amount.ToTokens(rail.Decimals)} are to be deposited.");
        await Allowance.Ensure(wallet, rail.Token, rail.Escrow, amount, stop);
        return await new EscrowContract(wallet, rail.Escrow).DepositAsync(amount, stop);
    }
}
