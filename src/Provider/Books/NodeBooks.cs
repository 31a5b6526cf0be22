using System.Buffers.Binary;
using System.Text.Json;
using ProofMesh.Protocol;

namespace ProofMesh.Provider;

/// <summary>Everything that the node must remember, rebuilt from its journal: sequence, payers, served requests, what waits for settlement.</summary>
sealed class NodeBooks : IDisposable
{
    /// <summary>Unpaid receipts that are kept to be shown, and spenders that one payer may have here.</summary>
    const int MostOwing = 16, MostGrants = 64;

    readonly Lock gate = new();
    readonly Dictionary<Address, PayerAccount> payers = [];
    readonly Dictionary<Bytes32, ulong> known = [];
    readonly SortedDictionary<ulong, Receipt> unsettled = [];
    readonly List<SignedStatement> statements = [];
    readonly JournalFolder journal;
    ulong sequence, stated, submitted;

    public NodeBooks(string folder)
    {
        journal = JournalFolder.Open(folder, Replay);
        foreach (var account in payers.Values)
        {
            account.Submitted = account.Last is null;
            // Nothing runs yet: what is billed and not acknowledged was never paid.
            account.Unpaid = TokenAmount.Difference(account.Billed, account.Acknowledged + account.WrittenOff);
        }
    }

    public ulong Sequence { get { lock (gate) return sequence; } }

    /// <summary>Receipts that no statement covers yet.</summary>
    public int Unstated { get { lock (gate) return (int)(sequence - stated); } }

    /// <summary>Claims a request id for good; false when it was seen before.</summary>
    public bool TryBegin(Bytes32 requestId) { lock (gate) return known.TryAdd(requestId, ulong.MaxValue); }

    /// <summary>Frees the id of a request that was refused before anything was computed.</summary>
    public void Forget(Bytes32 requestId) { lock (gate) known.Remove(requestId); }

    /// <summary>Looks at a payer's account, or changes it: one that says nothing afterwards isn't kept, so that strangers take no memory.</summary>
    public T With<T>(Address payer, Func<PayerAccount, T> use)
    {
        lock (gate)
        {
            var account = payers.GetValueOrDefault(payer) ?? new PayerAccount();
            var result = use(account);
            if (!account.IsEmpty || !account.Committed.IsZero) payers[payer] = account;
            else payers.Remove(payer);
            return result;
        }
    }

    /// <summary>Keeps a checked grant, which a settler will want; false when this payer has too many spenders here.</summary>
    /// <param name="now">Unix seconds of the chain.</param>
    public bool TryRemember(SignedGrant grant, ulong now)
    {
        lock (gate)
        {
            var account = Account(grant.Grant.Payer);
            if (account.Grants.GetValueOrDefault(grant.Grant.Spender) == grant) return true;
            if (account.Grants.Count >= MostGrants && account.Submitted)
                foreach (var (spender, old) in account.Grants)
                    if (old.Grant.ValidUntil < now || old.Grant.Epoch < grant.Grant.Epoch) account.Grants.Remove(spender);
            if (account.Grants.Count >= MostGrants) return false;
            journal.Append(Snapshot.Of(grant));
            Apply(grant);
            return true;
        }
    }

    /// <summary>Keeps a checked voucher that answers what this node asked for, if it isn't older than the last one.</summary>
    public void Accept(SignedVoucher voucher)
    {
        lock (gate)
        {
            var account = Account(voucher.Voucher.Payer);
            if (voucher.Voucher.Cumulative < account.Acknowledged || voucher == account.Last) return;
            journal.Append(Snapshot.Of(voucher));
            Apply(account, voucher);
        }
    }

    /// <summary>Keeps a checked voucher that the payer's side showed by itself: its rise pays what was owed.</summary>
    public void AcceptShown(SignedVoucher voucher)
    {
        lock (gate)
        {
            var account = Account(voucher.Voucher.Payer);
            if (voucher.Voucher.Cumulative <= account.Acknowledged) return;
            var rise = voucher.Voucher.Cumulative - account.Acknowledged;
            journal.Append(Snapshot.Of(voucher));
            Apply(account, voucher);
            account.Unpaid = TokenAmount.Difference(account.Unpaid, rise);
            if (account.Unpaid.IsZero) account.Owing.Clear();
        }
    }

    /// <summary>Gives up the debts of payers whose last receipt is older than this, in Unix milliseconds.</summary>
    public List<(Address Payer, TokenAmount Amount)> WriteOff(ulong before)
    {
        lock (gate)
        {
            var old = payers.Where(pair => !pair.Value.Unpaid.IsZero && pair.Value.LastAt < before).Select(pair => (pair.Key, pair.Value.Unpaid)).ToList();
            foreach (var (payer, amount) in old)
            {
                journal.Append(JournalKind.WrittenOff, Snapshot.WrittenOff(payer, amount));
                Apply(payer, amount);
                payers[payer].Unpaid = TokenAmount.Zero;
            }
            return old;
        }
    }

    /// <summary>Gives the receipt the next sequence and the payer's new total, and has it on the disk when it returns. Only then may it be signed.</summary>
    public Receipt Write(Receipt draft)
    {
        lock (gate)
        {
            var receipt = draft with { Sequence = sequence + 1, Cumulative = Account(draft.Payer).Billed + draft.Fee };
            journal.Append(Snapshot.Of(receipt));
            Apply(receipt);
            return receipt;
        }
    }

    /// <summary>Closes a statement over the receipts since the last one; null when there are none.</summary>
    public SignedStatement? Close(int mostReceipts, Func<ulong, ulong, SumTree, SignedStatement> sign)
    {
        lock (gate)
        {
            var run = unsettled.Values.Where(receipt => receipt.Sequence > stated).Take(mostReceipts).ToList();
            if (run.Count == 0) return null;
            var statement = sign(run[0].Sequence, run[^1].Sequence, new SumTree(run));
            journal.Append(Snapshot.Of(statement));
            Apply(statement);
            return statement;
        }
    }

    /// <summary>What no settler has yet: statements in order with their receipts, and the newest voucher of each payer with its grant.</summary>
    /// <param name="mostReceipts">Later statements wait for the next time, so that a submission stays within what a settler reads.</param>
    public Outgoing Pending(int mostReceipts = int.MaxValue)
    {
        lock (gate)
        {
            var first = submitted + 1;
            SignedStatement[] next = [.. statements.TakeWhile((statement, place) => place == 0 || statement.Statement.LastSequence - first < (ulong)mostReceipts)];
            var last = next.Length == 0 ? submitted : next[^1].Statement.LastSequence;
            var fresh = payers.Values.Where(account => !account.Submitted && account.Last is not null).ToList();
            return new Outgoing(
                next,
                [.. unsettled.Values.TakeWhile(receipt => receipt.Sequence <= last)],
                [.. fresh.Select(account => account.Last!)],
                [.. fresh.SelectMany(account => account.Grants.Values)]);
        }
    }

    /// <summary>A settler has stored all of this.</summary>
    public void Submitted(Outgoing sent)
    {
        lock (gate)
        {
            foreach (var voucher in sent.Vouchers)
                if (Account(voucher.Voucher.Payer) is var account && account.Last == voucher) account.Submitted = true;
            if (sent.Statements.Length == 0) return;
            Span<byte> last = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64BigEndian(last, sent.Statements[^1].Statement.LastSequence);
            journal.Append(JournalKind.Submitted, last);
            Apply(sent.Statements[^1].Statement.LastSequence);
        }
    }

    /// <summary>Throws when what is written next wouldn't reach the disk.</summary>
    public void Probe() { lock (gate) journal.Probe(); }

    /// <summary>Goes on in a new file once this one has so many bytes, and lets go of what is older than the retention.</summary>
    public bool Compact(long mostBytes, DateTimeOffset retained)
    {
        lock (gate)
        {
            if (journal.Length < mostBytes) return false;
            var oldest = (ulong)Math.Max(0, retained.ToUnixTimeMilliseconds());
            foreach (var (request, at) in known)
                if (at < oldest) known.Remove(request);
            journal.Compact(Known());
            journal.Prune(retained);
            return true;
        }
    }

    public void Dispose() => journal.Dispose();

    // Requests that run aren't known to a journal before their receipt.
    IEnumerable<JournalEntry> Known() =>
    [
        .. payers.Values.SelectMany(account => account.Owing).Concat(unsettled.Values).DistinctBy(receipt => receipt.Sequence).OrderBy(receipt => receipt.Sequence).Select(Snapshot.Of),
        .. statements.Select(Snapshot.Of),
        .. payers.SelectMany(pair => pair.Value.Grants.Values).Select(Snapshot.Of),
        .. payers.Values.Where(account => account.Last is not null).Select(account => Snapshot.Of(account.Last!)),
        .. payers.Where(pair => !pair.Value.IsEmpty).Select(pair => Snapshot.Payer(pair.Key, pair.Value)),
        .. Snapshot.Known(known.Where(request => request.Value != ulong.MaxValue)),
        Snapshot.Position(sequence, stated, submitted),
    ];

    void Replay(JournalEntry entry)
    {
        switch (entry.Kind)
        {
            case JournalKind.Receipt: Apply(Receipt.FromBinary(entry.Payload)); break;
            case JournalKind.Voucher: Apply(JsonSerializer.Deserialize(entry.Payload, WireJson.Default.SignedVoucher)!); break;
            case JournalKind.Grant: Apply(JsonSerializer.Deserialize(entry.Payload, WireJson.Default.SignedGrant)!); break;
            case JournalKind.Statement: Apply(JsonSerializer.Deserialize(entry.Payload, WireJson.Default.SignedStatement)!); break;
            case JournalKind.Submitted: Apply(BinaryPrimitives.ReadUInt64BigEndian(entry.Payload)); break;
            case JournalKind.WrittenOff: Apply(Snapshot.WrittenOff(entry.Payload).Payer, Snapshot.WrittenOff(entry.Payload).Amount); break;
            case JournalKind.Payer: Snapshot.Payer(entry.Payload, Account); break;
            case JournalKind.Known: Snapshot.Known(entry.Payload, known); break;
            case JournalKind.Position: Apply(Snapshot.Position(entry.Payload)); break;
            default: throw new InvalidDataException($"The journal has an entry of kind {(byte)entry.Kind}, which this version doesn't know.");
        }
    }

    void Apply(Receipt receipt)
    {
        var account = Account(receipt.Payer);
        (sequence, account.Billed, account.LastAt) = (receipt.Sequence, receipt.Cumulative, receipt.StartedAt);
        known[receipt.RequestId] = receipt.StartedAt;
        unsettled[receipt.Sequence] = receipt;
        if (receipt.Fee.IsZero) return;
        account.Owing.Add(receipt);
        if (account.Owing.Count > MostOwing) account.Owing.RemoveAt(0);
    }

    void Apply(SignedVoucher voucher) => Apply(Account(voucher.Voucher.Payer), voucher);

    static void Apply(PayerAccount account, SignedVoucher voucher)
    {
        (account.Last, account.Submitted) = (voucher, false);
        if (!voucher.Voucher.Receipt.IsZero) account.Owing.RemoveAll(receipt => receipt.StructHash() == voucher.Voucher.Receipt);
    }

    void Apply(SignedGrant grant) => Account(grant.Grant.Payer).Grants[grant.Grant.Spender] = grant;

    void Apply(SignedStatement statement)
    {
        stated = statement.Statement.LastSequence;
        statements.Add(statement);
    }

    void Apply(ulong lastSubmitted)
    {
        submitted = lastSubmitted;
        statements.RemoveAll(statement => statement.Statement.LastSequence <= submitted);
        foreach (var old in unsettled.Keys.TakeWhile(number => number <= submitted).ToList()) unsettled.Remove(old);
    }

    void Apply(Address payer, TokenAmount writtenOff)
    {
        var account = Account(payer);
        account.WrittenOff += writtenOff;
        account.Owing.Clear();
    }

    void Apply((ulong Sequence, ulong Stated, ulong Submitted) position)
    {
        (sequence, stated) = (position.Sequence, position.Stated);
        Apply(position.Submitted);
    }

    PayerAccount Account(Address payer)
    {
        if (!payers.TryGetValue(payer, out var account)) payers[payer] = account = new PayerAccount();
        return account;
    }
}

/// <summary>What goes to a settler in one submission.</summary>
sealed record Outgoing(SignedStatement[] Statements, Receipt[] Receipts, SignedVoucher[] Vouchers, SignedGrant[] Grants)
{
    public bool IsEmpty => Statements.Length == 0 && Vouchers.Length == 0;
}
