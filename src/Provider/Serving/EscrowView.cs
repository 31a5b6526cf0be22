using ProofMesh.Chain;
using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;

namespace ProofMesh.Provider;

/// <summary>What the chain says of payers; kept for a moment, so that a burst of requests asks once.</summary>
sealed class EscrowView(EscrowContract escrow, Address node, Address provider, TimeProvider time)
{
    static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);

    /// <summary>Seconds that a reserve must last so that it can be claimed after an answer.</summary>
    public const ulong ReserveMargin = 300;

    /// <summary>Payers that are kept in mind: strangers can name as many as they like.</summary>
    const int MostKnown = 10_000;

    readonly Lock gate = new();
    readonly Dictionary<Address, (long At, Task<PayerOnChain> Answer)> known = [];

    public async ValueTask<PayerOnChain> Read(Address payer, CancellationToken stop)
    {
        Task<PayerOnChain> answer;
        lock (gate)
        {
            if (known.TryGetValue(payer, out var entry) && time.GetElapsedTime(entry.At) < Fresh && !entry.Answer.IsFaulted) answer = entry.Answer;
            else known[payer] = (time.GetTimestamp(), answer = Ask(payer));
            if (known.Count > MostKnown) known.Clear();
        }
        return await answer.WaitAsync(stop);
    }

    /// <summary>Asks the chain again the next time.</summary>
    public void Forget(Address payer) { lock (gate) known.Remove(payer); }

    async Task<PayerOnChain> Ask(Address payer)
    {
        var available = escrow.AvailableOfAsync(payer);
        var claimed = escrow.ClaimedOfAsync(payer, node);
        var account = escrow.AccountOfAsync(payer);
        var block = escrow.Web3.Eth.GetBlockByNumberAsync(BlockParameter.Latest);
        var hold = escrow.ReserveOfAsync(payer, provider);
        await Task.WhenAll(available, claimed, account, block, hold);
        var latest = await block ?? throw new InvalidDataException("The chain has no latest block.");
        var (reserved, until) = await hold;
        if (until <= latest.Timestamp + ReserveMargin) reserved = TokenAmount.Zero;
        return new PayerOnChain(await available + reserved, await claimed, (await account).Epoch, latest.Timestamp, reserved);
    }
}
