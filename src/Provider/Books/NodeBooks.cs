using System.Buffers.Binary;
using System.Text.Json;
using ProofMesh.Protocol;

namespace ProofMesh.Provider;

/// <summary>Everything that the node must remember, rebuilt from its journal: sequence, payers, served requests, what waits for settlement.</summary>
sealed class NodeBooks : IDisposable
{
    readonly Lock gate = new();
    readonly Dictionary<Address, PayerAccount> payers = [];
    readonly HashSet<Bytes32> known = [];
    readonly SortedDictionary<ulong, Receipt> unsettled = [];
    readonly List<SignedStatement> statements = [];
    readonly JournalFile journal;
    ulong sequence, stated, submitted;

    public NodeBooks(string folder)
    {
        Directory.CreateDirectory(folder);
        journal = JournalFile.Open(Path.Combine(folder, "journal"), Replay);
        foreach (var account in payers.Values) account.Submitted = account.Last is null;
    }

    public ulong Sequence { get { lock (gate) return sequence; } }

    /// <summary>Receipts that no statement covers yet.</summary>
    public int Unstated { get { lock (gate) return (int)(sequence - stated); } }

    /// <summary>Claims a request id for good; false when it was seen before.</summary>
    public bool TryBegin(Bytes32 requestId) { lock (gate) return known.Add(requestId); }

    /// <summary>Frees the id of a request that was refused before anything was computed.</summary>
    public void Forget(Bytes32 requestId) { lock (gate) known.Remove(requestId); }

    public T With<T>(Address payer, Func<PayerAccount, T> use) { lock (gate) return use(Account(payer)); }

    public SemaphoreSlim Asking(Address payer) => With(payer, account => account.Asking);

    public void Remember(SignedGrant grant)
    {
        lock (gate)
        {
            var account = Account(grant.Grant.Payer);
            if (account.Grants.GetValueOrDefault(grant.Grant.Spender) == grant) return;
            journal.Append(JournalKind.Grant, JsonSerializer.SerializeToUtf8Bytes(grant, WireJson.Default.SignedGrant));
            Apply(grant);
        }
    }

    /// <summary>Keeps a checked voucher if it is newer than the last one.</summary>
    public void Accept(SignedVoucher voucher)
    {
        lock (gate)
        {
            var account = Account(voucher.Voucher.Payer);
            if (voucher.Voucher.Cumulative < account.Acknowledged || voucher == account.Last) return;
            journal.Append(JournalKind.Voucher, JsonSerializer.SerializeToUtf8Bytes(voucher, WireJson.Default.SignedVoucher));
            Apply(account, voucher);
            if (account.Acknowledged >= account.Billed) account.Unpaid = TokenAmount.Zero;
        }
    }

    /// <summary>Gives the receipt the next sequence and the payer's new total, and has it on the disk when it returns. Only then may it be signed.</summary>
    public Receipt Write(Receipt draft)
    {
        lock (gate)
        {
            var receipt = draft with { Sequence = sequence + 1, Cumulative = Account(draft.Payer).Billed + draft.Fee };
            journal.Append(JournalKind.Receipt, receipt.ToBinary());
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
            journal.Append(JournalKind.Statement, JsonSerializer.SerializeToUtf8Bytes(statement, WireJson.Default.SignedStatement));
            Apply(statement);
            return statement;
        }
    }

    /// <summary>What no settler has yet: statements in order with their receipts, and the newest voucher of each payer with its grant.</summary>
    public Outgoing Pending()
    {
        lock (gate)
        {
            var fresh = payers.Values.Where(account => !account.Submitted && account.Last is not null).ToList();
            return new Outgoing(
                [.. statements],
                [.. unsettled.Values.Where(receipt => receipt.Sequence <= stated)],
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

    public void Dispose() => journal.Dispose();

    void Replay(JournalEntry entry)
    {
        switch (entry.Kind)
        {
            case JournalKind.Receipt: Apply(Receipt.FromBinary(entry.Payload)); break;
            case JournalKind.Voucher: Apply(JsonSerializer.Deserialize(entry.Payload, WireJson.Default.SignedVoucher)!); break;
            case JournalKind.Grant: Apply(JsonSerializer.Deserialize(entry.Payload, WireJson.Default.SignedGrant)!); break;
            case JournalKind.Statement: Apply(JsonSerializer.Deserialize(entry.Payload, WireJson.Default.SignedStatement)!); break;
            case JournalKind.Submitted: Apply(BinaryPrimitives.ReadUInt64BigEndian(entry.Payload)); break;
            default: throw new InvalidDataException($"The journal has an entry of kind {(byte)entry.Kind}, which this version doesn't know.");
        }
    }

    void Apply(Receipt receipt)
    {
        var account = Account(receipt.Payer);
        (sequence, account.Billed) = (receipt.Sequence, receipt.Cumulative);
        known.Add(receipt.RequestId);
        unsettled[receipt.Sequence] = receipt;
    }

    void Apply(SignedVoucher voucher) => Apply(Account(voucher.Voucher.Payer), voucher);

    static void Apply(PayerAccount account, SignedVoucher voucher) => (account.Last, account.Submitted) = (voucher, false);

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
