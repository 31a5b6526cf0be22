using ProofMesh.Chain.Contracts;
using ProofMesh.Protocol;

namespace ProofMesh.Settlement;

/// <summary>What one call of settle(…) will carry. Claims of one node stand together.</summary>
sealed record Batch(IReadOnlyList<SignedGrant> Grants, IReadOnlyList<SignedVoucher> Claims, IReadOnlyList<WaitingStatement> Statements);

/// <summary>A voucher that the chain would not pay now, and why.</summary>
sealed record HeldClaim(SignedVoucher Signed, string Reason);

/// <param name="Batch">Null when nothing is worth its gas yet.</param>
sealed record Decision(Batch? Batch, IReadOnlyList<HeldClaim> Held);

/// <summary>Decides what is sent and when; no I/O.</summary>
static class Planner
{
    // Upper bounds for cold accounts, so that a batch never runs out of gas; the cost is counted with them too.
    const ulong BatchGas = 60_000, GrantGas = 90_000, ClaimGas = 75_000, StatementGas = 130_000;

    sealed record Payable(WaitingClaim Claim, SignedGrant? Registers, TokenAmount Moves);

    /// <remarks>1 what would each claim move, and which can't now? · 2 which are worth their gas or old? · 3 which statements continue their nodes? · 4 cut to the gas limit · 5 is the whole worth it, or something in it old?</remarks>
    public static Decision Decide(Outlook outlook, PlanOptions options)
    {
        var held = new List<HeldClaim>();
        var payable = new List<Payable>();
        foreach (var claim in outlook.Claims)
        {
            var (moves, registers, reason) = Judge(claim);
            if (reason is not null) held.Add(new(claim.Signed, reason));
            else payable.Add(new(claim, registers, moves));
        }

        var chosen = payable
            .Where(one => Old(one.Claim.Since) ? one.Moves.Units >= options.LeastClaim : Worth(one.Moves, GasOf(one), 1))
            .OrderBy(one => one.Claim.Signed.Voucher.Node).ThenBy(one => one.Claim.Since)
            .ToList();
        var statements = Continuing(outlook.Statements);

        Cut(chosen, statements, options.MaxGas);
        var gas = BatchGas + chosen.Aggregate(0UL, (sum, one) => sum + GasOf(one)) + (ulong)statements.Count * StatementGas;
        var moved = chosen.Aggregate(TokenAmount.Zero, (sum, one) => sum + one.Moves);
        var due = chosen.Exists(one => Old(one.Claim.Since)) || statements.Exists(one => Old(one.Since)) || (chosen.Count > 0 && Worth(moved, gas, options.ValueToGas));
        var batch = due ? new Batch([.. chosen.Select(one => one.Registers).OfType<SignedGrant>().Distinct()], [.. chosen.Select(one => one.Claim.Signed)], statements) : null;
        return new(batch, held);

        bool Old(DateTimeOffset since) => outlook.Now - since >= options.MaxAge;

        bool Worth(TokenAmount amount, ulong forGas, double times) =>
            (double)amount.Units >= times * forGas * (double)outlook.GasPrice / 1e18 * options.UnitsPerEther;
    }

    // A grant that the chain lacks is registered by the batch, when the one that it has won't do.
    static (TokenAmount Moves, SignedGrant? Registers, string? Reason) Judge(WaitingClaim claim)
    {
        var voucher = claim.Signed.Voucher;
        var (allowance, registers) = claim.Standing is { } standing ? Allow(claim.Grant, standing) : (default, null);
        // All spenders are alike once it is known what this one may move.
        var signer = claim.Standing is null ? voucher.Payer : Address.Zero;
        var (moves, fault) = ClaimCheck.Judge(voucher, signer, new ClaimTerms(claim.Claimed, claim.Balance, claim.Ceiling, _ => allowance));
        return fault == ClaimFault.None ? (moves, registers, null) : (default, null, fault.ToString());
    }

    static (Allowance Allowed, SignedGrant? Registers) Allow(SignedGrant? known, GrantStanding standing)
    {
        var registered = standing.ValidUntil == 0 ? null : new RegisteredGrant(default, standing.ValidUntil, standing.Epoch);
        var spent = standing.Fault != ContractClaimFault.None || standing.Left.IsZero;
        return spent && known is not null && registered?.IsOlderThan(known.Grant) != false
            ? (new(known.Grant.Cap, ClaimFault.None), known)
            : (new(standing.Left, Enum.Parse<ClaimFault>(standing.Fault.ToString())), null);
    }

    // The runs that start where the chain stands; what comes after a gap waits for it to close.
    static List<WaitingStatement> Continuing(IReadOnlyList<WaitingStatement> waiting)
    {
        var continuing = new List<WaitingStatement>();
        foreach (var node in waiting.GroupBy(one => one.Node))
        {
            var next = node.First().Settled + 1;
            foreach (var one in node.OrderBy(one => one.Signed.Statement.FirstSequence))
            {
                if (one.Signed.Statement.FirstSequence != next) continue;
                continuing.Add(one);
                next = one.Signed.Statement.LastSequence + 1;
            }
        }
        return continuing;
    }

    // Money first: statements give way, then the claims that came last.
    static void Cut(List<Payable> claims, List<WaitingStatement> statements, ulong maxGas)
    {
        var left = maxGas - BatchGas;
        var order = claims.OrderBy(one => one.Claim.Since).ToList();
        foreach (var one in order)
            if (GasOf(one) <= left) left -= GasOf(one);
            else claims.Remove(one);
        if ((ulong)statements.Count * StatementGas > left) statements.RemoveRange((int)(left / StatementGas), statements.Count - (int)(left / StatementGas));
    }

    static ulong GasOf(Payable one) => ClaimGas + (one.Registers is null ? 0 : GrantGas);
}
