using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;

namespace ProofMesh.Provider;

/// <summary>Registers payers' reserves on chain before the node serves them; its own key pays the gas.</summary>
sealed class Reserves(SettlementContract settlement, EscrowView escrow)
{
    readonly SemaphoreSlim sending = new(1);

    /// <summary>Returns when the reserve is in a block. One at a time: they share the key's nonce.</summary>
    public async Task Register(SignedReserve signed, CancellationToken stop)
    {
        await sending.WaitAsync(stop);
        try
        {
            // Once it is sent it isn't left: the next one would take the same nonce.
            await settlement.ReserveAsync(signed.Reserve, signed.Signature, CancellationToken.None);
        }
        finally
        {
            escrow.Forget(signed.Reserve.Payer);
            sending.Release();
        }
    }
}
