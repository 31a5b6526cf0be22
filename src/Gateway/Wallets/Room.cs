using ProofMesh.Protocol;

namespace ProofMesh.Gateway;

/// <summary>What a payer could spend when it was last read, less what began since.</summary>
/// <remarks>
/// An answer may begin while its reservation is on its way to the books, as long as there surely is money for it: nothing is
/// signed before the reservation stands. Should other gateways have spent the rest in that moment, the node loses what it
/// risks with every customer, its credit window.
/// </remarks>
sealed class Room(TokenAmount free)
{
    const uint Margin = 8;
    readonly Lock gate = new();
    TokenAmount free = free;

    /// <summary>Whether a request of this ceiling may begin before its money is held.</summary>
    public bool TryTake(TokenAmount ceiling)
    {
        lock (gate)
        {
            if (free.Units / Margin < ceiling.Units) return false;
            free -= ceiling;
            return true;
        }
    }
}
