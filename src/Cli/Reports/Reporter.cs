using ProofMesh.Chain;
using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;

namespace ProofMesh.Cli;

/// <summary>Brings a report to Disputes: announced first, so that nobody can copy it, then sent. Safe to repeat when it was interrupted.</summary>
sealed class Reporter(Web3 web3, Rail rail, Action<string> say)
{
    static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    /// <exception cref="CommandException">It would be refused; the message says why.</exception>
    public async Task<(PunishedEvent Punished, SlashedEvent Slashed, TransactionReceipt Mined)> Send(Report report, CancellationToken stop)
    {
        var disputes = await Disputes(web3, rail, stop);
        await Check(report, disputes, stop);
        var mined = await Send(report.Call, disputes, stop);
        return (Logs.In<PunishedEvent>(mined, DisputesContract.DecodeEvent), Logs.In<SlashedEvent>(mined, StakingContract.DecodeEvent), mined);
    }

    /// <summary>A call that has to be announced before.</summary>
    /// <remarks>1 announce it, unless that was done · 2 wait · 3 send it</remarks>
    public async Task<TransactionReceipt> Send(byte[] call, DisputesContract disputes, CancellationToken stop)
    {
        var me = web3.Account!.Address;
        var commitment = DisputesContract.Commitment(me, call);
        var (wait, last) = (await disputes.LeastBlocksAsync(stop: stop), await disputes.MostBlocksAsync(stop: stop));
        var since = await disputes.CommittedAtAsync(me, commitment, stop: stop);
        if (since == 0 || await Head(stop) + 1 > since + last) since = (await disputes.CommitReportAsync(commitment, stop)).BlockNumber;
        say($"announced in block {since}; it can be sent from block {since + wait} on");
        while (await Head(stop) < since + wait) await Task.Delay(Poll, stop);
        return await web3.SendTransactionAndWaitForReceiptAsync(new(disputes.Address, call), stop);
    }

    /// <summary>Disputes of a rail, which its Settlement knows.</summary>
    public static async Task<DisputesContract> Disputes(Web3 web3, Rail rail, CancellationToken stop) =>
        new(web3, await new SettlementContract(web3, rail.Settlement).DisputesAsync(stop: stop));

    async Task Check(Report report, DisputesContract disputes, CancellationToken stop)
    {
        var provider = await new StakingContract(web3, rail.Staking).ProviderOfAsync(report.Node, stop: stop);
        if (provider.IsZero) throw new CommandException($"{report.Node} is nobody's node on this chain: there is nobody to punish.");
        if (await disputes.IsPunishedAsync(report.Offence, report.Node, report.Sequence, stop: stop))
            throw new CommandException($"This was punished already: {report.Says}.");
        if (report.Settled is { } statement && await new SettlementContract(web3, rail.Settlement).SettledAtAsync(report.Node, statement, stop: stop) == 0)
            throw new CommandException($"The chain doesn't hold the statement from sequence {statement.FirstSequence} on any more, or never did: what stands in its tree proves nothing.");
    }

    Task<ulong> Head(CancellationToken stop) => web3.Eth.GetBlockNumberAsync(stop);
}
