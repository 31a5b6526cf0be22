using ProofMesh.Chain;
using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;

namespace ProofMesh.Provider;

/// <summary>What the chain says of payers; kept for a moment, so that a burst of requests asks once.</summary>
sealed class EscrowView(EscrowContract escrow, Address node, TimeProvider time)
{
    static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2), Forget = TimeSpan.FromMinutes(1);
    readonly Lock gate = new();
    readonly Dictionary<Address, (long At, Task<PayerOnChain> Answer)> known = [];

    public async ValueTask<PayerOnChain> Read(Address payer, CancellationToken stop)
    {
        Task<PayerOnChain> answer;
        lock (gate)
        {
            if (known.TryGetValue(payer, out var entry) && time.GetElapsedTime(entry.At) < Fresh && !entry.Answer.IsFaulted) answer = entry.Answer;
            else known[payer] = (time.GetTimestamp(), answer = Ask(payer));
            if (known.Count > 10_000) foreach (var old in known.Where(pair => time.GetElapsedTime(pair.Value.At) > Forget).ToList()) known.Remove(old.Key);
        }
        return await answer.WaitAsync(stop);
    }

    async Task<PayerOnChain> Ask(Address payer)
    {
        var available = escrow.AvailableOfAsync(payer);
        var claimed = escrow.ClaimedOfAsync(payer, node);
        var account = escrow.AccountOfAsync(payer);
        var block = escrow.Web3.Eth.GetBlockByNumberAsync(BlockParameter.Latest);
        await Task.WhenAll(available, claimed, account, block);
        var latest = await block ?? throw new InvalidDataException("The chain has no latest block.");
        return new PayerOnChain(await available, await claimed, (await account).Epoch, latest.Timestamp);
    }
}
