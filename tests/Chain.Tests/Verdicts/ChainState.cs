using ProofMesh.Protocol;

namespace ProofMesh.Chain.Tests;

/// <summary>What the contracts should hold, kept beside them: the state that messages are judged by, and what an accepted one changes.</summary>
sealed class ChainState(ulong thawPeriod, ulong window, uint stakeMultiple)
{
    const int Ring = 128;

    readonly Dictionary<(Address Payer, Address Spender), RegisteredGrant> grants = [];
    readonly Dictionary<(Address Payer, Address Node), TokenAmount> claimed = [];
    readonly Dictionary<Address, List<(ulong At, Bytes32 Hash)>> settled = [];
    readonly Dictionary<Address, ulong> lastSequences = [];
    readonly Dictionary<Address, Exposed> exposed = [];

    public ulong Now { get; set; }

    public ulong ThawPeriod => thawPeriod;

    public Dictionary<Address, PayerState> Payers { get; } = [];

    public Dictionary<Address, Address> ProviderOf { get; } = [];

    public Dictionary<Address, TokenAmount> Stakes { get; } = [];

    public IEnumerable<ulong> Boundaries =>
        grants.Values.Select(grant => grant.ValidUntil).Where(until => until < ulong.MaxValue - thawPeriod).Select(until => until + thawPeriod)
            .Concat(Payers.Values.SelectMany(payer => payer.EpochEnds.Values))
            .Concat(Payers.Values.SelectMany(payer => payer.Holds.Values.Select(hold => hold.Until)));

    public GrantTerms GrantTerms(Address payer, Address spender)
    {
        var state = Payers.GetValueOrDefault(payer) ?? new();
        return new(Now, state.Epoch, thawPeriod, epoch => state.EpochEnds.GetValueOrDefault(epoch), grants.GetValueOrDefault((payer, spender)));
    }

    public Allowance AllowanceOf(Address payer, Address spender) => Allowance.Of(GrantTerms(payer, spender), Payers.GetValueOrDefault(payer)?.Spent ?? default);

    public TokenAmount ClaimedOf(Address payer, Address node) => claimed.GetValueOrDefault((payer, node));

    public TokenAmount FreeFor(Address payer, Address provider) => Payers.GetValueOrDefault(payer)?.FreeFor(provider, Now) ?? default;

    public TokenAmount CeilingOf(Address provider) =>
        TokenAmount.Difference(new(Stakes.GetValueOrDefault(provider).Units * stakeMultiple), exposed.GetValueOrDefault(provider).Used(Now / window));

    public ClaimTerms ClaimTerms(Address payer, Address node, TokenAmount ceiling) =>
        new(ClaimedOf(payer, node), FreeFor(payer, ProviderOf[node]), ceiling, spender => AllowanceOf(payer, spender));

    public StatementTerms StatementTerms(Address signer)
    {
        var ring = settled.GetValueOrDefault(signer) ?? [];
        return new(signer, ProviderOf.GetValueOrDefault(signer), LastSequence(signer), ring.Count >= Ring && Now < ring[^Ring].At + window);
    }

    public ProofTerms ProofTerms() => new(
        node => ProviderOf.GetValueOrDefault(node),
        (node, statement) => settled.GetValueOrDefault(node) is { } ring && ring.TakeLast(Ring).Any(entry => entry.Hash == statement.StructHash()));

    public ulong LastSequence(Address node) => lastSequences.GetValueOrDefault(node);

    public int Statements(Address node) => settled.GetValueOrDefault(node)?.Count ?? 0;

    public RegisteredGrant Register(Grant grant) => grants[(grant.Payer, grant.Spender)] = RegisteredGrant.Of(grant, Payers[grant.Payer].Spent);

    public void Pay(Address payer, Address node, TokenAmount amount)
    {
        claimed[(payer, node)] = ClaimedOf(payer, node) + amount;
        Payers[payer].Pay(ProviderOf[node], amount, Now);
    }

    /// <summary>What a node's claims of one call moved counts against its provider's stake once they are all paid.</summary>
    public void Expose(Address provider, TokenAmount moved)
    {
        if (!moved.IsZero) exposed[provider] = exposed.GetValueOrDefault(provider).After(moved, Now / window);
    }

    public void Settle(Address node, Statement statement)
    {
        if (!settled.TryGetValue(node, out var ring)) settled[node] = ring = [];
        ring.Add((Now, statement.StructHash()));
        lastSequences[node] = statement.LastSequence;
    }

    /// <summary>What was claimed in this period as long as the window, and in the one before.</summary>
    readonly record struct Exposed(ulong Period, TokenAmount Current, TokenAmount Previous)
    {
        public TokenAmount Used(ulong period) => period == Period ? Previous + Current : period == Period + 1 ? Current : default;

        public Exposed After(TokenAmount moved, ulong period) =>
            period == Period ? this with { Current = Current + moved } : new(period, moved, period == Period + 1 ? Current : default);
    }
}

/// <summary>A payer's account in escrow.</summary>
sealed class PayerState
{
    public TokenAmount Balance { get; set; }

    public TokenAmount Spent { get; set; }

    public uint Epoch { get; set; }

    /// <summary>When the grants of a revoked epoch end.</summary>
    public Dictionary<uint, ulong> EpochEnds { get; } = [];

    /// <summary>Open reserves by provider; an expired one holds its money until it is released.</summary>
    public Dictionary<Address, (TokenAmount Amount, ulong Until)> Holds { get; } = [];

    public TokenAmount Held => Holds.Values.Aggregate(TokenAmount.Zero, (sum, hold) => sum + hold.Amount);

    public TokenAmount FreeFor(Address provider, ulong now)
    {
        var own = Holds.TryGetValue(provider, out var hold) && hold.Until > now ? hold.Amount : default;
        return TokenAmount.Difference(Balance, Held - own);
    }

    public void Pay(Address provider, TokenAmount amount, ulong now)
    {
        (Balance, Spent) = (Balance - amount, Spent + amount);
        if (!Holds.TryGetValue(provider, out var hold)) return;
        if (hold.Until <= now || amount >= hold.Amount) Holds.Remove(provider);
        else Holds[provider] = hold with { Amount = hold.Amount - amount };
    }
}
