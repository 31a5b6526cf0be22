using ProofMesh.Chain;
using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;

namespace ProofMesh.Cli;

/// <summary>Money on its way out of a contract, ready at a time of the chain.</summary>
static class Exits
{
    /// <summary>What can leave now.</summary>
    /// <exception cref="CommandException">Nothing can; it says when something will.</exception>
    public static async Task<TokenAmount> Ready(Web3 web3, Exit[] exits, string begin, CancellationToken stop)
    {
        if (exits.Length == 0) throw new CommandException($"Nothing is on its way out: begin with `proofmesh {begin}`.");
        var now = (await web3.Eth.GetBlockByNumberAsync(stop: stop))?.Timestamp ?? 0;
        var ready = exits.Where(exit => exit.ReadyAt <= now).Aggregate(TokenAmount.Zero, (sum, exit) => sum + exit.Amount);
        return ready.IsZero ? throw new CommandException($"Nothing can leave before {Time(exits.MinBy(exit => exit.ReadyAt)!)}.") : ready;
    }

    public static string Time(Exit exit) => $"{DateTimeOffset.FromUnixTimeSeconds((long)Math.Min(exit.ReadyAt, 253_402_300_799)).ToLocalTime():yyyy-MM-dd HH:mm:ss}";
}
