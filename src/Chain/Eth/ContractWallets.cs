using ProofMesh.Protocol;

namespace ProofMesh.Chain;

/// <summary>Asks wallets that are contracts whether a signature is theirs (ERC-1271), as our contracts do when a grant is registered.</summary>
/// <remarks>An answer stands for a moment, so that a burst asks once; a wallet whose owners changed is asked anew soon.</remarks>
public sealed class ContractWallets(Eth eth, TimeProvider time)
{
    // What our contracts let a wallet use, and what any transaction costs; call data comes on top there, so this is the stricter one.
    const ulong Gas = 100_000 + 21_000;
    const int MostKnown = 10_000;
    static readonly byte[] Magic = Abi.Selector("isValidSignature(bytes32,bytes)");
    static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);

    readonly Lock gate = new();
    readonly Dictionary<(Address Wallet, Bytes32 Digest, Signature Signature), (long At, Task<bool> Answer)> known = [];

    /// <exception cref="TransportException">The chain can't be asked.</exception>
    public async ValueTask<bool> AcceptsAsync(Address wallet, Bytes32 digest, Signature signature, CancellationToken stop)
    {
        Task<bool> answer;
        lock (gate)
        {
            var key = (wallet, digest, signature);
            if (known.TryGetValue(key, out var entry) && time.GetElapsedTime(entry.At) < Fresh && !entry.Answer.IsFaulted) answer = entry.Answer;
            else
            {
                // Whoever asks for so many different ones within the moment makes us forget them, and no more.
                if (known.Count >= MostKnown) known.Clear();
                known[key] = (time.GetTimestamp(), answer = AskAsync(wallet, digest, signature));
            }
        }
        return await answer.WaitAsync(stop);
    }

    async Task<bool> AskAsync(Address wallet, Bytes32 digest, Signature signature)
    {
        if (wallet.IsZero || (await eth.GetCodeAsync(wallet)).Length == 0) return false;
        var call = new AbiWriter(Magic, 2);
        call.Add(digest);
        call.Add(signature.ToArray());
        try
        {
            var answer = await eth.CallAsync(new(wallet, call.ToArray()) { Gas = Gas });
            return answer.Length >= 32 && answer.AsSpan(0, 4).SequenceEqual(Magic) && !answer.AsSpan(4, 28).ContainsAnyExcept((byte)0);
        }
        catch (Exception refusal) when (refusal is RevertException or RpcException)
        {
            return false;
        }
    }
}
