using ProofMesh.Chain;
using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;

namespace ProofMesh.Settlement;

/// <summary>What became of each item: settled, partly, or the contract's reason for skipping it.</summary>
/// <param name="Claimed">What the pair's vouchers have been paid in all, null where nothing moved.</param>
sealed record Outcome(string[] Grants, (string Outcome, TokenAmount? Claimed)[] Claims, string[] Statements)
{
    public const string Settled = "settled", Partly = "partly", Reverted = "reverted";

    /// <summary>Reads a mined transaction's logs; no I/O.</summary>
    public static Outcome Of(BatchItems items, TransactionReceipt receipt, Rail rail)
    {
        if (!receipt.Succeeded) return All(items, Reverted);
        var outcome = All(items, Settled);
        var paid = new Dictionary<(Address, Address), TokenAmount>();
        foreach (var log in receipt.Logs)
        {
            if (log.Address == rail.Settlement) Skip(outcome, SettlementContract.DecodeEvent(log));
            else if (log.Address == rail.Escrow && EscrowContract.DecodeEvent(log) is ClaimedEvent claim) paid[(claim.Payer, claim.Node)] = claim.Claimed;
        }
        for (var i = 0; i < items.Claims.Count; i++)
            if (outcome.Claims[i].Outcome == Settled && paid.TryGetValue((items.Claims[i].Payer, items.Claims[i].Node), out var claimed))
                outcome.Claims[i] = (claimed >= items.Claims[i].Cumulative ? Settled : Partly, claimed);
        return outcome;
    }

    static void Skip(Outcome outcome, ContractEvent? said)
    {
        if (said is GrantSkippedEvent grant && grant.Index < (ulong)outcome.Grants.Length) outcome.Grants[grant.Index] = grant.Reason.ToString();
        if (said is ClaimSkippedEvent claim && claim.Index < (ulong)outcome.Claims.Length) outcome.Claims[claim.Index] = (claim.Reason.ToString(), null);
        if (said is StatementSkippedEvent statement && statement.Index < (ulong)outcome.Statements.Length) outcome.Statements[statement.Index] = statement.Reason.ToString();
    }

    static Outcome All(BatchItems items, string word) => new(
        [.. items.Grants.Select(_ => word)], [.. items.Claims.Select(_ => (word, (TokenAmount?)null))], [.. items.Statements.Select(_ => word)]);
}
